-- Takes a deleted item off the quota, and with the last one its blob.
create or replace function public.release_item() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  freed bigint := 0;
begin
  -- A transaction that adds an item of these bytes holds a shared lock until it has committed.
  perform from public.blob b
  where b.organization_id = old.organization_id and b.sha256 = old.sha256 for update;
  if not exists (
    select from public.item i
    where i.organization_id = old.organization_id and i.held_sha256 = old.sha256)
  then
    delete from public.blob b
    where b.organization_id = old.organization_id and b.sha256 = old.sha256
    returning b.size_bytes into freed;
    insert into public.released_blob (organization_id, sha256)
    values (old.organization_id, old.sha256) on conflict do nothing;
  end if;
  update public.organization o
  set used_items = o.used_items - 1, used_bytes = o.used_bytes - coalesce(freed, 0)
  where o.organization_id = old.organization_id;
  return null;
end $$;
