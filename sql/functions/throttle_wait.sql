-- Returns the seconds until a bucket takes one more; 0 when it does now.
-- `throttle_rate` has the numbers of the bucket's kind.
create or replace function public.throttle_wait(kind text, bucket bytea) returns double precision
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  rate public.throttle_rate;
begin
  select * into strict rate from public.throttle_rate r where r.kind = throttle_wait.kind;
  return coalesce(
    (select greatest(
       0, extract(epoch from t.empty_at - clock_timestamp())::double precision
         - (rate.burst - 1) * rate.seconds)
     from public.throttle t where t.bucket = throttle_wait.bucket),
    0);
end $$;
revoke execute on function public.throttle_wait(text, bytea) from public, assay_app, assay_worker;

-- Serves transactions that began before the upgrade; the next release drops it.
create or replace function public.throttle_wait(
  bucket bytea, burst integer, seconds double precision
) returns double precision
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(greatest(0, max(
    extract(epoch from t.empty_at - clock_timestamp())::double precision - ($2 - 1) * $3)), 0)
  from public.throttle t where t.bucket = $1
$$;
revoke execute on function public.throttle_wait(bytea, integer, double precision)
  from public, assay_app, assay_worker;
