-- Locks an organization's blob against deletion; false when it is not there.
create or replace function public.hold_blob(organization_id uuid, sha256 bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.blob b
  where b.organization_id = hold_blob.organization_id and b.sha256 = hold_blob.sha256
  for key share;
  if not found then return false; end if;
  perform public.heal_blob(hold_blob.sha256);
  return true;
end $$;
revoke execute on function public.hold_blob(uuid, bytea) from public, assay_app, assay_worker;
grant execute on function public.hold_blob(uuid, bytea) to assay_app;
