-- Changes a member's role; false when the account is not a member.
create or replace function public.change_member(
  organization uuid, account uuid, wanted public.membership_role
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  old public.membership_role;
begin
  perform public.lock_accounts(account);
  -- When two owners demote each other at once, the second waits here and sees the first change.
  perform from public.organization o where o.organization_id = organization for no key update;
  select m.role into old from public.membership m
  where m.organization_id = organization and m.account_id = account;
  if not found then return false; end if;
  if not public.may_appoint(organization, wanted) or not public.may_appoint(organization, old) then
    raise insufficient_privilege;
  end if;
  if old = 'owner' and wanted <> 'owner' then
    perform public.expect_owner(organization, account);
  end if;
  update public.membership m set role = wanted
  where m.organization_id = organization and m.account_id = account;
  return true;
end $$;
revoke execute on function public.change_member(uuid, uuid, public.membership_role)
  from public, assay_app, assay_worker;
grant execute on function public.change_member(uuid, uuid, public.membership_role) to assay_app;
