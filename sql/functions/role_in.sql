-- Returns the caller's role in an organization; administrators own all of them.
create or replace function public.role_in(organization uuid) returns public.membership_role
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case when public.runs_site() then 'owner'::public.membership_role else (
    select m.role from public.membership m
    where m.organization_id = $1 and m.account_id = public.scope_account())
  end
$$;
revoke execute on function public.role_in(uuid) from public, assay_app, assay_worker;
grant execute on function public.role_in(uuid) to assay_app;
