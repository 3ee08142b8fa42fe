-- Counts a request under each kind; returns the counts and the seconds until the minute ends.
create or replace function public.count_request(account uuid, kinds text[])
returns table (used integer, seconds double precision)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moment timestamptz := clock_timestamp();
begin
  return query
    insert into public.request_count as c (bucket, ends_at, used)
    select public.throttle_bucket('requests', k.kind || ' ' || account),
      moment + interval '1 minute', 1
    from unnest(kinds) with ordinality as k (kind, place)
    on conflict on constraint request_count_pkey do update set
      used = case when c.ends_at <= moment then 1 else c.used + 1 end,
      ends_at = case when c.ends_at <= moment then excluded.ends_at else c.ends_at end
    returning c.used, extract(epoch from c.ends_at - moment)::double precision;
end $$;
revoke execute on function public.count_request(uuid, text[]) from public, assay_app, assay_worker;
grant execute on function public.count_request(uuid, text[]) to assay_app;
