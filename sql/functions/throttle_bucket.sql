-- Hashes what is counted to the key of its bucket.
create or replace function public.throttle_bucket(kind text, what text) returns bytea
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select sha256(convert_to($1 || ' ' || $2, 'UTF8'))
$$;
