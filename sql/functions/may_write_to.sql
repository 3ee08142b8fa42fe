-- Counts a letter to an address; false when the address has had too many.
-- Reset letters have a limit of their own.
create or replace function public.may_write_to(address text) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.throttle_take('letter', public.throttle_bucket('letter', lower($1))) = 0
$$;
revoke execute on function public.may_write_to(text) from public, assay_app, assay_worker;
