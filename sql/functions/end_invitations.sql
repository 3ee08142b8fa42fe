-- Ends the open invitation to the address of somebody who becomes a member, or is one no longer.
-- A former member must not come back by a link made before. Nobody loses an invitation because
-- another account claims the address and joins.
create or replace function public.end_invitations() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.invitation i set revoked_at = now()
  from public.account a
  where a.account_id = coalesce(new.account_id, old.account_id)
    and (tg_op = 'DELETE' or a.email_verified_at is not null)
    and i.organization_id = coalesce(new.organization_id, old.organization_id)
    and lower(i.email) = lower(a.email) and i.accepted_at is null and i.revoked_at is null;
  return null;
end $$;
revoke execute on function public.end_invitations() from public, assay_app, assay_worker;

create or replace trigger invitations_ended after insert or delete on public.membership
  for each row execute function public.end_invitations();
