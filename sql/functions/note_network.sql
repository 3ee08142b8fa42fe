-- Remembers the network that an account has signed in from; writes once a day.
create or replace function public.note_network(account uuid, address text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.known_network as k (account_id, network)
  select account, n.network
  from (
    select public.network_of(account, public.sign_in_address(address)) as network) n
  where n.network is not null
  on conflict on constraint known_network_pkey do update set seen_at = now()
    where k.seen_at < now() - interval '1 day';
  if not found then return; end if;
  delete from public.known_network k
  where k.account_id = account and k.network in (
    select o.network from public.known_network o where o.account_id = account
    order by o.seen_at desc, o.network
    offset (select l.known_networks from public.site_limits l));
end $$;
revoke execute on function public.note_network(uuid, text) from public, assay_app, assay_worker;
