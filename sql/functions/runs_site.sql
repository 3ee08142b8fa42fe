-- Tells whether the scope's account is an administrator, by its row.
create or replace function public.runs_site() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public.account a
    where a.account_id = public.scope_account() and a.is_active
      and a.role in ('admin', 'universal'))
$$;
revoke execute on function public.runs_site() from public, assay_app, assay_worker;
grant execute on function public.runs_site() to assay_app;
