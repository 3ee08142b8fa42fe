-- Names the bucket of a client's network: an IPv4 address, or 64 bits of an IPv6 one.
-- IPv4 written as IPv6 (RFC 4291, 2.5.5.2) is IPv4: else all of it would be one network.
create or replace function public.sign_in_address(address text) returns bytea
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  client inet;
begin
  client := regexp_replace(address, '^::ffff:([0-9.]+)$', '\1', 'i');
  return public.throttle_bucket(
    'address',
    case when family(client) = 6 then network(set_masklen(client, 64))::text
      else host(client) end);
exception when invalid_text_representation then
  return null;  -- the client came through a Unix socket
end $$;
