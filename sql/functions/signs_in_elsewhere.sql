-- Tells whether an account signs in with another issuer's tokens.
create or replace function public.signs_in_elsewhere(account uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from public.external_identity i where i.account_id = $1)
$$;
revoke execute on function public.signs_in_elsewhere(uuid) from public, assay_app, assay_worker;
