-- Deletes empty buckets; skips those that another transaction is filling.
create or replace function public.throttle_sweep() returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with swept as (
    delete from public.throttle t using (
      select bucket from public.throttle where empty_at < now() for update skip locked) idle
    where t.bucket = idle.bucket
    returning 1
  ), counted as (
    delete from public.request_count c using (
      select bucket from public.request_count where ends_at < now() for update skip locked) idle
    where c.bucket = idle.bucket
    returning 1)
  select (select count(*) from swept) + (select count(*) from counted)
$$;
revoke execute on function public.throttle_sweep() from public, assay_app, assay_worker;
grant execute on function public.throttle_sweep() to assay_worker;
