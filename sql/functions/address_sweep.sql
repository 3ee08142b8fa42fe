-- Deletes networks that were not used lately, and expired links to verify an address.
create or replace function public.address_sweep() returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from public.known_network k
  where k.seen_at < now() - (select l.known_network_age from public.site_limits l);
  delete from public.email_verification v where v.expires_at < now();
$$;
revoke execute on function public.address_sweep() from public, assay_app, assay_worker;
grant execute on function public.address_sweep() to assay_worker;
