-- Tells whether an account has signed in from this network lately.
create or replace function public.is_known_network(account uuid, address text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public.known_network k
    where k.account_id = $1 and k.network = public.network_of($1, public.sign_in_address($2))
      and k.seen_at > now() - (select l.known_network_age from public.site_limits l))
$$;
revoke execute on function public.is_known_network(uuid, text) from public, assay_app, assay_worker;
