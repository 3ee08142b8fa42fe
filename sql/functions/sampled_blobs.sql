-- Returns the digests of some stored files, which are looked for in a store without a name.
-- The first by digest: a random sample, because digests are random, and the index finds them.
create or replace function public.sampled_blobs(most integer) returns setof bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct b.sha256 from public.blob b where b.damaged_at is null order by b.sha256 limit most
$$;
revoke execute on function public.sampled_blobs(integer) from public, assay_app, assay_worker;
grant execute on function public.sampled_blobs(integer) to assay_app, assay_worker;
