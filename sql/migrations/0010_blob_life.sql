-- Bytes go when the last item that holds them goes, in any organization; damaged ones are known.

-- A deleted item keeps its row and its digest, but holds the bytes no more. Who holds a blob is
-- counted by looking, under a lock: a counter could drift.
alter table item
  add column held_sha256 bytea generated always as
    (case when excluded_because is distinct from 'deleted' then sha256 end) stored,
  drop constraint item_organization_id_sha256_fkey,
  add constraint item_holds_blob
    foreign key (organization_id, held_sha256) references blob (organization_id, sha256);
drop index item_of_blob;
create index item_of_blob on item (organization_id, held_sha256);

-- Since when the stored file is known not to be what was stored; null: it is as it came. The file
-- lies in the store's `damaged/`, and sending the same bytes again heals the row.
alter table blob add column damaged_at timestamptz;
create index blob_of_bytes on blob (sha256);
create index blob_damaged on blob (sha256) where damaged_at is not null;

-- Bytes that an organization holds no more. The sweeper takes their file away once no
-- organization does, behind the lock that everybody takes who records blobs.
create table released_blob (
  organization_id uuid not null references organization,
  sha256 bytea not null check (octet_length(sha256) = 32),
  released_at timestamptz not null default now(),
  primary key (organization_id, sha256)
);
select protect('released_blob');
-- The application gives up what it stored for an upload that came to nothing.
grant select, insert on released_blob to assay_app;
grant select, delete on released_blob to assay_worker;

-- Whoever has just stored these bytes has made them whole, for all organizations.
create function heal_blob(sha256 bytea) returns void language sql security definer as $$
  update public.blob b
  set damaged_at = null,
    -- What could not be made of the damaged file is tried again.
    previewed_at = case when b.preview_fault is null then b.previewed_at end,
    preview_fault = null
  where b.sha256 = heal_blob.sha256 and b.damaged_at is not null
$$;

-- Keeps an organization's blob for the transaction's life; false when it is not there (any more).
create function hold_blob(organization_id uuid, sha256 bytea) returns boolean
language plpgsql security definer as $$
begin
  perform from public.blob b
  where b.organization_id = hold_blob.organization_id and b.sha256 = hold_blob.sha256
  for key share;
  if not found then return false; end if;
  perform public.heal_blob(hold_blob.sha256);
  return true;
end $$;

create function heal_stored_blob() returns trigger language plpgsql security definer as $$
begin
  perform public.heal_blob(new.sha256);
  return null;
end $$;
create trigger blob_stored after insert on blob for each row execute function heal_stored_blob();

-- Locks what a deletion may release, before the item: uploads lock in the same order.
create function seize_blob(organization_id uuid, sha256 bytea) returns void
language sql security definer as $$
  select from public.blob b
  where b.organization_id = seize_blob.organization_id and b.sha256 = seize_blob.sha256
  for update
$$;
revoke execute on function heal_blob, hold_blob, seize_blob from public;
grant execute on function hold_blob, seize_blob to assay_app;

-- However an item goes, it goes off the quota, and the last one takes the blob with it.
create function release_item() returns trigger language plpgsql security definer as $$
declare
  freed bigint := 0;
begin
  -- Whoever is adding an item of these bytes holds a share of this lock until it can be seen.
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
create trigger item_deleted after delete on item
  for each row when (old.held_sha256 is not null) execute function release_item();
create trigger item_excluded after update of excluded_because on item
  for each row when (old.held_sha256 is not null and new.held_sha256 is null)
  execute function release_item();

-- What earlier deletions left behind.
with unheld as (
  delete from blob b
  where not exists (
    select from item i
    where i.organization_id = b.organization_id and i.held_sha256 = b.sha256)
  returning b.organization_id, b.sha256
)
insert into released_blob (organization_id, sha256) select organization_id, sha256 from unheld;
update organization o set used_bytes = coalesce((
  select sum(b.size_bytes) from blob b where b.organization_id = o.organization_id), 0);
