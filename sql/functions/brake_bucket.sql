-- Names the bucket that counts an account's failed sign-ins over all networks.
create or replace function public.brake_bucket(guessed text) returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select public.throttle_bucket('brake', $1)
$$;
revoke execute on function public.brake_bucket(text) from public, assay_app, assay_worker;
