-- Closes the scope.
create or replace function public.leave() returns void
language sql set search_path = pg_catalog, pg_temp as $$
  select set_config('assay.account', '', false),
         set_config('assay.organizations', '', false)
$$;
