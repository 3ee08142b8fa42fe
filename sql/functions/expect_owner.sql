-- Fails unless an organization has another active owner than this account.
create or replace function public.expect_owner(organization uuid, account uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
    select from public.membership m join public.account a on a.account_id = m.account_id
    where m.organization_id = organization and m.account_id <> account and m.role = 'owner'
      and a.is_active)
  then
    raise check_violation using constraint = 'organization_last_owner',
      message = 'the organization needs an owner';
  end if;
end $$;
revoke execute on function public.expect_owner(uuid, uuid) from public, assay_app, assay_worker;
