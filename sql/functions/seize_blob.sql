-- Locks a blob that a deletion may release, before its items, as uploads do.
create or replace function public.seize_blob(organization_id uuid, sha256 bytea) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select from public.blob b
  where b.organization_id = seize_blob.organization_id and b.sha256 = seize_blob.sha256
  for update
$$;
revoke execute on function public.seize_blob(uuid, bytea) from public, assay_app, assay_worker;
grant execute on function public.seize_blob(uuid, bytea) to assay_app;
