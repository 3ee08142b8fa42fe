-- Adds one to a bucket; returns 0, or the seconds to wait when it is full.
-- `throttle_rate` has the numbers of the bucket's kind.
create or replace function public.throttle_take(kind text, bucket bytea) returns double precision
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  rate public.throttle_rate;
  moment timestamptz := clock_timestamp();
  one interval;
begin
  select * into strict rate from public.throttle_rate r where r.kind = throttle_take.kind;
  one := make_interval(secs => rate.seconds);
  insert into public.throttle as t (bucket, empty_at)
  values (throttle_take.bucket, moment + one)
  on conflict on constraint throttle_pkey do update
    set empty_at = greatest(t.empty_at, moment) + one
    where t.empty_at <= moment + one * (rate.burst - 1);
  if found then return 0; end if;
  return public.throttle_wait(throttle_take.kind, throttle_take.bucket);
end $$;
revoke execute on function public.throttle_take(text, bytea) from public, assay_app, assay_worker;

-- Serves transactions that began before the upgrade; the next release drops it.
create or replace function public.throttle_take(
  bucket bytea, burst integer, seconds double precision
) returns double precision
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moment timestamptz := clock_timestamp();
  one interval := make_interval(secs => throttle_take.seconds);
begin
  insert into public.throttle as t (bucket, empty_at)
  values (throttle_take.bucket, moment + one)
  on conflict on constraint throttle_pkey do update
    set empty_at = greatest(t.empty_at, moment) + one
    where t.empty_at <= moment + one * (throttle_take.burst - 1);
  if found then return 0; end if;
  return public.throttle_wait(
    throttle_take.bucket, throttle_take.burst, throttle_take.seconds);
end $$;
revoke execute on function public.throttle_take(bytea, integer, double precision)
  from public, assay_app, assay_worker;
