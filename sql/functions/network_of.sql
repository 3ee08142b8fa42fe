-- Hashes a network for one account, so that two accounts' rows cannot be compared.
-- Null when the client's address is not known.
create or replace function public.network_of(account uuid, network bytea) returns bytea
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select sha256(uuid_send($1) || $2)
$$;
revoke execute on function public.network_of(uuid, bytea) from public, assay_app, assay_worker;
