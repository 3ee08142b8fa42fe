-- Makes a personal organization for an account that has none.
create or replace function public.give_organization(account uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  home uuid := public.uuid_v7();
begin
  insert into public.organization (organization_id, name)
  select home, a.username from public.account a where a.account_id = account;
  insert into public.membership (organization_id, account_id, role) values (home, account, 'owner');
  update public.account a set organization_id = home where a.account_id = account;
end $$;
revoke execute on function public.give_organization(uuid) from public, assay_app, assay_worker;
