-- Everything slow is a job cut into chunks; the chunks are the queue.

create type job_state as enum ('pending', 'queued', 'running', 'completed', 'failed', 'cancelled');

create table job (
  job_id uuid primary key,
  organization_id uuid not null,
  project_id uuid not null,
  kind text not null,
  state job_state not null default 'queued',
  created_by uuid not null references account,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  foreign key (organization_id, project_id) references project (organization_id, project_id)
);
create index job_of_project on job (project_id, job_id);
-- One run of a kind at a time in a project.
create unique index job_already_running on job (project_id, kind)
  where state in ('pending', 'queued', 'running');
select protect('job');
grant select, insert on job to assay_app;
grant select, update (state, finished_at) on job to assay_worker;

create table job_chunk (
  job_id uuid not null references job,
  number integer not null,
  organization_id uuid not null references organization,
  state job_state not null default 'queued',
  items uuid[] not null,
  attempts integer not null default 0,
  run_after timestamptz not null default now(),
  -- The fencing token: whoever takes the chunk raises it, and only its holder may finish.
  token bigint not null default 0,
  leased_by text,
  lease_expires_at timestamptz,
  error text,
  primary key (job_id, number)
);
create index job_chunk_waiting on job_chunk (run_after, job_id, number)
  where state in ('queued', 'running');
select protect('job_chunk');
grant select, insert on job_chunk to assay_app;
grant select, update on job_chunk to assay_worker;

-- What quality control says of an item: one row an item, its latest and final word.
create table item_check (
  item_id uuid primary key references item,
  organization_id uuid not null references organization,
  project_id uuid not null references project,
  duplicate_score double precision not null check (duplicate_score between 0 and 1),
  ai_generated_score double precision not null check (ai_generated_score between 0 and 1),
  source_url text,
  flags text[] not null,
  evidence jsonb not null,
  checked_at timestamptz not null default now()
);
create index item_check_of_project on item_check (project_id, item_id);
select protect('item_check');
grant select on item_check to assay_app;
grant select, insert, update on item_check to assay_worker;
