-- Previews have a version: how they are made and what their files are named.

alter table blob
  -- Of the previews that `previewed_at` speaks of; 1 is what was made before there were versions.
  add column preview_version smallint not null default 1,
  -- They are to be made again, by the newest version; the old ones are shown until then.
  add column preview_asked_at timestamptz;
-- Workers of the version before ask for less than this, and find it by the primary key.
create index blob_due_previews on blob (organization_id, sha256)
  where (previewed_at is null or preview_asked_at is not null) and mime like 'image/%';
drop index blob_without_previews;
