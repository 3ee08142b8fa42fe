-- Names the bucket that counts failed sign-ins of an account from one network.
create or replace function public.pair_bucket(guessed text, address text) returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select public.throttle_bucket(
    'sign-in', $1 || ' from ' || coalesce(encode(public.sign_in_address($2), 'hex'), ''))
$$;
revoke execute on function public.pair_bucket(text, text) from public, assay_app, assay_worker;
