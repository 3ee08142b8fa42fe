-- Jobs of any kind: a typed payload for each chunk, jobs without a project, a key that the kind
-- chooses, and standing jobs that are due at a time.
--
-- The version before takes chunks of priority 0 and 1, whatever their kind. Chunks of this version
-- have priority 2, so only workers of this version see them, by their kind. A later migration drops
-- what only the version before uses: job.level, job_chunk.items, job_chunk.priority, the indexes
-- job_already_running, job_chunk_waiting and job_chunk_turn, and the functions complete_old_job and
-- complete_old_chunk with their triggers.

-- Workers lock chunks before their job.
lock table job_chunk, job in access exclusive mode;

alter table job
  alter column organization_id drop not null,  -- null: work for the whole site
  alter column project_id drop not null,
  alter column created_by drop not null,       -- null: the site itself
  add column key text,                         -- null: any number of open jobs
  add constraint job_project_has_organization
    check (project_id is null or organization_id is not null);
update job set key = project_id::text where state in ('pending', 'queued', 'running');
create unique index job_open_key on job (kind, key)
  where state in ('pending', 'queued', 'running');

alter table job_chunk
  alter column organization_id drop not null,
  alter column items set default '{}',
  add column kind text,      -- that of its job
  add column payload jsonb,  -- null: made by the version before, see items
  add column size integer,   -- so many parts
  add column part text;      -- the part that is being worked on; it is found when workers die
update job_chunk c set kind = j.kind, size = cardinality(c.items)
from job j where j.job_id = c.job_id and c.state in ('pending', 'queued', 'running');

-- Workers serve organizations in turn. The index finds the next organization that has open chunks of
-- a kind, and the next chunk of that organization, in one step each.
create index job_chunk_next on job_chunk (
  kind, coalesce(organization_id, '00000000-0000-0000-0000-000000000000'), run_after, job_id, number)
  where state in ('queued', 'running');

-- The policy `tenant` shows rows without an organization to everybody; these are the site's own.
create policy no_site_job on job as restrictive to assay_app using (organization_id is not null);
create policy no_site_chunk on job_chunk as restrictive to assay_app
  using (organization_id is not null);
