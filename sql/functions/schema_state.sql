-- Returns how many migrations were applied, and the edition of the functions.
-- A process of the service compares both with its own files; it may not read the owner's tables.
create or replace function public.schema_state() returns table (migrations integer, edition integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select
    (select count(*)::integer from public.schema_migration),
    (select max(f.edition) from public.schema_function f)
$$;
revoke execute on function public.schema_state() from public, assay_app, assay_worker;
grant execute on function public.schema_state() to assay_app, assay_worker;
