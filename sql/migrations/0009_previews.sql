-- Previews of stored pictures, which a worker makes once, and whose work is taken first.

alter table blob
  add column previewed_at timestamptz,  -- null: they are still to be made
  add column preview_fault text;        -- why there are none, and nobody tries again
-- What is still to be made, and nothing else: it is asked for after every few pictures.
create index blob_without_previews on blob (organization_id, sha256)
  where previewed_at is null and mime like 'image/%';

-- What nobody waits for comes after all that somebody waits for.
alter table job_chunk add column priority smallint not null default 0;  -- the lowest first
drop index job_chunk_waiting;
create index job_chunk_waiting on job_chunk (priority, run_after, job_id, number)
  where state in ('queued', 'running');

-- Whoever finds work that was forgotten starts it.
grant insert on job, job_chunk to assay_worker;
