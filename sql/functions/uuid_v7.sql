-- Makes a UUID that sorts by time (RFC 9562, version 7).
-- The program makes its own; this one serves statements that insert many rows.
create or replace function public.uuid_v7() returns uuid
language sql parallel safe set search_path = pg_catalog, pg_temp as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1),
    'hex')::uuid
$$;
