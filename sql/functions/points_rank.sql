-- Returns the rank of a number of settled points among all people.
create or replace function public.points_rank(points bigint) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select 1 + count(*) from public.points_total t where t.points > points_rank.points
$$;
revoke execute on function public.points_rank(bigint) from public, assay_app, assay_worker;
grant execute on function public.points_rank(bigint) to assay_app;
