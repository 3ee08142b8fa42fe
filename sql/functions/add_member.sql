-- Makes an account a member; false when it is one already, or is inactive.
create or replace function public.add_member(
  organization uuid, account uuid, wanted public.membership_role
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform public.lock_accounts(account);
  -- An invitation to the account's address is made before this, or after it and then refused.
  perform from public.organization o where o.organization_id = organization for no key update;
  if not public.may_appoint(organization, wanted) then raise insufficient_privilege; end if;
  insert into public.membership (organization_id, account_id, role, has_agreed)
  select organization, a.account_id, wanted, a.account_id = public.scope_account()
  from public.account a where a.account_id = account and a.is_active
  on conflict on constraint membership_pkey do nothing;
  return found;
end $$;
revoke execute on function public.add_member(uuid, uuid, public.membership_role)
  from public, assay_app, assay_worker;
grant execute on function public.add_member(uuid, uuid, public.membership_role) to assay_app;
