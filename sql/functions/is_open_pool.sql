-- Tells whether a project is open to the crowd and has not removed the caller.
create or replace function public.is_open_pool(project uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from public.pool o where o.project_id = project and o.state = 'open')
    and not public.is_barred(public.scope_account(), project)
$$;
revoke execute on function public.is_open_pool(uuid) from public, assay_app, assay_worker;
grant execute on function public.is_open_pool(uuid) to assay_app;
