-- Logs how many refusals of an hour were only counted.
create or replace function public.sum_refusals(
  account uuid, hour timestamptz, count bigint
) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.audit(
    'refused.more', $1, null, null, null, null, null,
    jsonb_build_object(
      'hour', to_char($2 at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'count', $3 - l.logged_refusals))
  from public.site_limits l where $3 > l.logged_refusals
$$;
revoke execute on function public.sum_refusals(uuid, timestamptz, bigint)
  from public, assay_app, assay_worker;
