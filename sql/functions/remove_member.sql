-- Removes a member; false when the account is none.
create or replace function public.remove_member(organization uuid, account uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  old public.membership_role;
begin
  perform public.lock_accounts(account);
  perform from public.organization o where o.organization_id = organization for no key update;
  select m.role into old from public.membership m
  where m.organization_id = organization and m.account_id = account;
  if not found then return false; end if;
  if account is distinct from public.scope_account()
    and not public.may_appoint(organization, old)
  then
    raise insufficient_privilege;
  end if;
  if old = 'owner' then perform public.expect_owner(organization, account); end if;
  delete from public.membership m
  where m.organization_id = organization and m.account_id = account;
  delete from public.project_member p
  where p.organization_id = organization and p.account_id = account;
  return true;
end $$;
revoke execute on function public.remove_member(uuid, uuid) from public, assay_app, assay_worker;
grant execute on function public.remove_member(uuid, uuid) to assay_app;
