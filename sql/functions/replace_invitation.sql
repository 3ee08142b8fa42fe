-- Ends the open invitation to an address when the organization makes another one to it.
create or replace function public.replace_invitation() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- The second of two that are made at once waits here, and then sees the first.
  perform from public.organization o
  where o.organization_id = new.organization_id for no key update;
  update public.invitation i set revoked_at = now()
  where i.organization_id = new.organization_id and lower(i.email) = lower(new.email)
    and i.accepted_at is null and i.revoked_at is null;
  return new;
end $$;
revoke execute on function public.replace_invitation() from public, assay_app, assay_worker;

create or replace trigger invitation_replaced before insert on public.invitation
  for each row execute function public.replace_invitation();
