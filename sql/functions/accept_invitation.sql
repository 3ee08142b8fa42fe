-- Accepts an invitation if its sender may still appoint to its role; returns the organization.
-- Null when the link is not valid: a removed member must not come back by a link made before.
create or replace function public.accept_invitation(hash bytea) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_organization uuid;
  offered public.membership_role;
begin
  update public.invitation i set accepted_at = now(), accepted_by = public.scope_account()
  where (i.token_hash = hash or i.letter_hash = hash) and i.accepted_at is null
    and i.revoked_at is null and i.expires_at > now() and public.scope_account() is not null
    and exists (
      select from public.account a
      left join public.membership m
        on m.account_id = a.account_id and m.organization_id = i.organization_id
      where a.account_id = i.invited_by and a.is_active
        and (a.role in ('admin', 'universal') or m.role = 'owner'
          or m.role = 'admin' and i.role <> 'owner'))
  returning i.organization_id, i.role into found_organization, offered;
  if found_organization is null then return null; end if;
  insert into public.membership as m (organization_id, account_id, role)
  values (found_organization, public.scope_account(), offered)
  on conflict on constraint membership_pkey do update set has_agreed = true;
  update public.account a set organization_id = found_organization
  where a.account_id = public.scope_account() and a.organization_id is null;
  return found_organization;
end $$;
revoke execute on function public.accept_invitation(bytea) from public, assay_app, assay_worker;
grant execute on function public.accept_invitation(bytea) to assay_app;
