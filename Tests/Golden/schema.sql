-- Types

create type account_role as enum ('customer', 'labeler', 'reviewer', 'viewer', 'admin', 'universal');
create type assignment_state as enum ('assigned', 'leased', 'in_progress', 'submitted', 'accepted', 'returned', 'expired', 'released');
create type item_state as enum ('new', 'checking', 'ready', 'labeling', 'contested', 'resolved', 'accepted', 'excluded');
create type job_state as enum ('pending', 'queued', 'running', 'completed', 'failed', 'cancelled');
create type membership_role as enum ('owner', 'admin', 'member');
create type project_role as enum ('admin', 'reviewer', 'labeler', 'viewer', 'customer');
create type project_state as enum ('draft', 'active', 'paused', 'completed', 'archived');
create type task_state as enum ('open', 'done', 'cancelled', 'held');
create type upload_state as enum ('presigned', 'received', 'completed', 'rejected', 'expired');

-- Tables

create table account (
  account_id uuid not null,
  username text not null,
  email text,
  password_hash text not null,
  role account_role not null,
  is_active boolean not null default true,
  organization_id uuid,
  organizations uuid[] not null default '{}'::uuid[],
  created_at timestamp with time zone not null default now(),
  constraint account_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint account_pkey PRIMARY KEY (account_id),
  constraint username_has_no_at CHECK ((POSITION(('@'::text) IN (username)) = 0))
);
create table annotation (
  annotation_id uuid not null,
  organization_id uuid not null,
  assignment_id uuid not null,
  item_id uuid not null,
  revision integer not null,
  labels text[] not null,
  created_at timestamp with time zone not null default now(),
  constraint annotation_pkey PRIMARY KEY (annotation_id),
  constraint annotation_revision_taken UNIQUE (assignment_id, item_id, revision)
);
create table assignment (
  assignment_id uuid not null,
  task_id uuid not null,
  organization_id uuid not null,
  account_id uuid not null,
  project_id uuid not null,
  schema_id uuid not null,
  title text,
  project_title text not null,
  item_count integer not null,
  state assignment_state not null default 'assigned'::assignment_state,
  answered integer not null default 0,
  created_at timestamp with time zone not null default now(),
  constraint assignment_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint assignment_once_per_person UNIQUE (task_id, account_id),
  constraint assignment_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint assignment_pkey PRIMARY KEY (assignment_id),
  constraint assignment_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(project_id),
  constraint assignment_schema_id_fkey FOREIGN KEY (schema_id) REFERENCES label_schema(schema_id),
  constraint assignment_task_id_fkey FOREIGN KEY (task_id) REFERENCES task(task_id)
);
create table blob (
  organization_id uuid not null,
  sha256 bytea not null,
  size_bytes bigint not null,
  mime text not null,
  width integer,
  height integer,
  created_at timestamp with time zone not null default now(),
  inspected_at timestamp with time zone,
  fingerprint bytea,
  texture double precision,
  declared jsonb,
  fault text,
  previewed_at timestamp with time zone,
  preview_fault text,
  damaged_at timestamp with time zone,
  constraint blob_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint blob_pkey PRIMARY KEY (organization_id, sha256),
  constraint blob_sha256_check CHECK ((octet_length(sha256) = 32)),
  constraint only_pictures_have_a_size CHECK ((((mime = 'text/plain'::text) = (width IS NULL)) AND ((width IS NULL) = (height IS NULL))))
);
create table item (
  item_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  sha256 bytea not null,
  filename text not null,
  source_url text,
  state item_state not null default 'new'::item_state,
  excluded_because text,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  held_sha256 bytea generated always as (
CASE
    WHEN (excluded_because IS DISTINCT FROM 'deleted'::text) THEN sha256
    ELSE NULL::bytea
END) stored,
  constraint item_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(account_id),
  constraint item_holds_blob FOREIGN KEY (organization_id, held_sha256) REFERENCES blob(organization_id, sha256),
  constraint item_once_per_project UNIQUE (project_id, sha256),
  constraint item_organization_id_project_id_fkey FOREIGN KEY (organization_id, project_id) REFERENCES project(organization_id, project_id),
  constraint item_pkey PRIMARY KEY (item_id)
);
create table item_check (
  item_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  duplicate_score double precision not null,
  ai_generated_score double precision not null,
  source_url text,
  flags text[] not null,
  evidence jsonb not null,
  checked_at timestamp with time zone not null default now(),
  constraint item_check_ai_generated_score_check CHECK (((ai_generated_score >= (0)::double precision) AND (ai_generated_score <= (1)::double precision))),
  constraint item_check_duplicate_score_check CHECK (((duplicate_score >= (0)::double precision) AND (duplicate_score <= (1)::double precision))),
  constraint item_check_item_id_fkey FOREIGN KEY (item_id) REFERENCES item(item_id),
  constraint item_check_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint item_check_pkey PRIMARY KEY (item_id),
  constraint item_check_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(project_id)
);
create table job (
  job_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  kind text not null,
  state job_state not null default 'queued'::job_state,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  constraint job_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(account_id),
  constraint job_organization_id_project_id_fkey FOREIGN KEY (organization_id, project_id) REFERENCES project(organization_id, project_id),
  constraint job_pkey PRIMARY KEY (job_id)
);
create table job_chunk (
  job_id uuid not null,
  number integer not null,
  organization_id uuid not null,
  state job_state not null default 'queued'::job_state,
  items uuid[] not null,
  attempts integer not null default 0,
  run_after timestamp with time zone not null default now(),
  token bigint not null default 0,
  leased_by text,
  lease_expires_at timestamp with time zone,
  error text,
  priority smallint not null default 0,
  constraint job_chunk_job_id_fkey FOREIGN KEY (job_id) REFERENCES job(job_id),
  constraint job_chunk_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint job_chunk_pkey PRIMARY KEY (job_id, number)
);
create table label_class (
  schema_id uuid not null,
  organization_id uuid not null,
  key text not null,
  name text not null,
  "position" integer not null,
  constraint label_class_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint label_class_pkey PRIMARY KEY (schema_id, key),
  constraint label_class_schema_id_fkey FOREIGN KEY (schema_id) REFERENCES label_schema(schema_id)
);
create table label_schema (
  schema_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  version integer not null,
  keys text[] not null,
  created_at timestamp with time zone not null default now(),
  constraint label_schema_organization_id_project_id_fkey FOREIGN KEY (organization_id, project_id) REFERENCES project(organization_id, project_id),
  constraint label_schema_pkey PRIMARY KEY (schema_id),
  constraint label_schema_project_id_version_key UNIQUE (project_id, version)
);
create table likeness (
  organization_id uuid not null,
  sha256 bytea not null,
  whole bytea not null,
  windows bytea not null,
  luma bytea not null,
  number bigint,
  constraint likeness_organization_id_sha256_fkey FOREIGN KEY (organization_id, sha256) REFERENCES blob(organization_id, sha256) ON DELETE CASCADE,
  constraint likeness_pkey PRIMARY KEY (organization_id, sha256),
  constraint likeness_whole_check CHECK ((octet_length(whole) = 32))
);
create table membership (
  organization_id uuid not null,
  account_id uuid not null,
  role membership_role not null,
  constraint membership_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint membership_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint membership_pkey PRIMARY KEY (organization_id, account_id)
);
create table organization (
  organization_id uuid not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  quota_bytes bigint,
  quota_items bigint,
  used_bytes bigint not null default 0,
  used_items bigint not null default 0,
  constraint organization_pkey PRIMARY KEY (organization_id),
  constraint organization_quota_bytes_check CHECK ((quota_bytes >= 0)),
  constraint organization_quota_items_check CHECK ((quota_items >= 0))
);
create table project (
  project_id uuid not null,
  organization_id uuid not null,
  title text not null,
  description text not null,
  state project_state not null default 'active'::project_state,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint project_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(account_id),
  constraint project_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint project_organization_id_project_id_key UNIQUE (organization_id, project_id),
  constraint project_pkey PRIMARY KEY (project_id)
);
create table project_member (
  project_id uuid not null,
  organization_id uuid not null,
  account_id uuid not null,
  role project_role not null,
  constraint project_member_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint project_member_organization_id_project_id_fkey FOREIGN KEY (organization_id, project_id) REFERENCES project(organization_id, project_id),
  constraint project_member_pkey PRIMARY KEY (project_id, account_id, role)
);
create table released_blob (
  organization_id uuid not null,
  sha256 bytea not null,
  released_at timestamp with time zone not null default now(),
  constraint released_blob_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint released_blob_pkey PRIMARY KEY (organization_id, sha256),
  constraint released_blob_sha256_check CHECK ((octet_length(sha256) = 32))
);
create table resemblance (
  organization_id uuid not null,
  first bytea not null,
  second bytea not null,
  score double precision not null,
  distance integer not null,
  correlation real not null,
  detail real not null,
  orientation integer not null,
  first_part real[] not null,
  second_part real[] not null,
  constraint resemblance_check CHECK ((first < second)),
  constraint resemblance_organization_id_first_fkey FOREIGN KEY (organization_id, first) REFERENCES likeness(organization_id, sha256) ON DELETE CASCADE,
  constraint resemblance_organization_id_second_fkey FOREIGN KEY (organization_id, second) REFERENCES likeness(organization_id, sha256) ON DELETE CASCADE,
  constraint resemblance_orientation_check CHECK (((orientation >= 1) AND (orientation <= 8))),
  constraint resemblance_pkey PRIMARY KEY (organization_id, first, second),
  constraint resemblance_score_check CHECK (((score >= (0)::double precision) AND (score <= (1)::double precision)))
);
create table schema_migration (
  number integer not null,
  name text not null,
  hash text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migration_pkey PRIMARY KEY (number)
);
create table session (
  session_id uuid not null,
  account_id uuid not null,
  refresh_hash bytea not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint session_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint session_pkey PRIMARY KEY (session_id),
  constraint session_refresh_hash_key UNIQUE (refresh_hash)
);
create table task (
  task_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  schema_id uuid not null,
  title text,
  state task_state not null default 'open'::task_state,
  item_count integer not null,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint task_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(account_id),
  constraint task_organization_id_project_id_fkey FOREIGN KEY (organization_id, project_id) REFERENCES project(organization_id, project_id),
  constraint task_pkey PRIMARY KEY (task_id),
  constraint task_schema_id_fkey FOREIGN KEY (schema_id) REFERENCES label_schema(schema_id)
);
create table task_item (
  task_id uuid not null,
  item_id uuid not null,
  organization_id uuid not null,
  "position" integer not null,
  constraint task_item_item_id_fkey FOREIGN KEY (item_id) REFERENCES item(item_id),
  constraint task_item_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint task_item_pkey PRIMARY KEY (task_id, item_id),
  constraint task_item_task_id_fkey FOREIGN KEY (task_id) REFERENCES task(task_id)
);
create table upload (
  upload_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  account_id uuid not null,
  filename text not null,
  content_type text not null,
  state upload_state not null default 'presigned'::upload_state,
  reason text,
  item_id uuid,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  constraint upload_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint upload_item_id_fkey FOREIGN KEY (item_id) REFERENCES item(item_id),
  constraint upload_organization_id_project_id_fkey FOREIGN KEY (organization_id, project_id) REFERENCES project(organization_id, project_id),
  constraint upload_pkey PRIMARY KEY (upload_id)
);

-- Indexes

CREATE UNIQUE INDEX account_email_taken ON public.account USING btree (lower(email));
CREATE UNIQUE INDEX account_username_taken ON public.account USING btree (lower(username));
CREATE INDEX annotation_of_item ON public.annotation USING btree (item_id);
CREATE INDEX assignment_of_account ON public.assignment USING btree (account_id, task_id);
CREATE INDEX assignment_of_project ON public.assignment USING btree (project_id);
CREATE INDEX blob_damaged ON public.blob USING btree (sha256) WHERE (damaged_at IS NOT NULL);
CREATE INDEX blob_of_bytes ON public.blob USING btree (sha256);
CREATE INDEX blob_without_previews ON public.blob USING btree (organization_id, sha256) WHERE ((previewed_at IS NULL) AND (mime ~~ 'image/%'::text));
CREATE INDEX item_check_of_project ON public.item_check USING btree (project_id, item_id);
CREATE INDEX item_of_blob ON public.item USING btree (organization_id, held_sha256);
CREATE INDEX item_of_creator ON public.item USING btree (created_by, item_id);
CREATE INDEX item_of_project ON public.item USING btree (project_id, item_id);
CREATE UNIQUE INDEX job_already_running ON public.job USING btree (project_id, kind) WHERE (state = ANY (ARRAY['pending'::job_state, 'queued'::job_state, 'running'::job_state]));
CREATE INDEX job_chunk_waiting ON public.job_chunk USING btree (priority, run_after, job_id, number) WHERE (state = ANY (ARRAY['queued'::job_state, 'running'::job_state]));
CREATE INDEX job_of_project ON public.job USING btree (project_id, job_id);
CREATE UNIQUE INDEX likeness_in_order ON public.likeness USING btree (organization_id, number);
CREATE INDEX membership_of_account ON public.membership USING btree (account_id, organization_id);
CREATE INDEX project_member_of_account ON public.project_member USING btree (account_id, organization_id);
CREATE INDEX resemblance_of_second ON public.resemblance USING btree (organization_id, second);
CREATE INDEX session_of_account ON public.session USING btree (account_id) WHERE (ended_at IS NULL);
CREATE INDEX task_item_in_order ON public.task_item USING btree (task_id, "position");
CREATE INDEX task_of_project ON public.task USING btree (project_id, state);
CREATE INDEX upload_expiring ON public.upload USING btree (expires_at) WHERE (state = 'presigned'::upload_state);

-- Policies

alter table account enable row level security;
create policy colleague on account as permissive for all to assay_app
  using ((account_id = ( SELECT scope_account() AS scope_account)) OR (( SELECT scope_organizations() AS scope_organizations) IS NULL) OR (account_id IN ( SELECT m.account_id
   FROM project_member m)));
alter table annotation enable row level security;
create policy tenant on annotation as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on annotation as permissive for all to assay_worker
  using true;
alter table assignment enable row level security;
create policy tenant on assignment as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on assignment as permissive for all to assay_worker
  using true;
alter table blob enable row level security;
create policy tenant on blob as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on blob as permissive for all to assay_worker
  using true;
alter table item enable row level security;
create policy tenant on item as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on item as permissive for all to assay_worker
  using true;
alter table item_check enable row level security;
create policy tenant on item_check as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on item_check as permissive for all to assay_worker
  using true;
alter table job enable row level security;
create policy tenant on job as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on job as permissive for all to assay_worker
  using true;
alter table job_chunk enable row level security;
create policy tenant on job_chunk as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on job_chunk as permissive for all to assay_worker
  using true;
alter table label_class enable row level security;
create policy tenant on label_class as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on label_class as permissive for all to assay_worker
  using true;
alter table label_schema enable row level security;
create policy tenant on label_schema as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on label_schema as permissive for all to assay_worker
  using true;
alter table likeness enable row level security;
create policy tenant on likeness as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on likeness as permissive for all to assay_worker
  using true;
alter table membership enable row level security;
create policy tenant on membership as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on membership as permissive for all to assay_worker
  using true;
alter table organization enable row level security;
create policy tenant on organization as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on organization as permissive for all to assay_worker
  using true;
alter table project enable row level security;
create policy tenant on project as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on project as permissive for all to assay_worker
  using true;
alter table project_member enable row level security;
create policy tenant on project_member as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on project_member as permissive for all to assay_worker
  using true;
alter table released_blob enable row level security;
create policy tenant on released_blob as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on released_blob as permissive for all to assay_worker
  using true;
alter table resemblance enable row level security;
create policy tenant on resemblance as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on resemblance as permissive for all to assay_worker
  using true;
alter table session enable row level security;
create policy own on session as permissive for all to assay_app
  using (account_id = ( SELECT scope_account() AS scope_account));
alter table task enable row level security;
create policy tenant on task as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on task as permissive for all to assay_worker
  using true;
alter table task_item enable row level security;
create policy tenant on task_item as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on task_item as permissive for all to assay_worker
  using true;
alter table upload enable row level security;
create policy tenant on upload as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on upload as permissive for all to assay_worker
  using true;

-- Functions

CREATE OR REPLACE FUNCTION public.account_for_sign_in(login text, OUT account_id uuid, OUT username text, OUT email text, OUT role account_role, OUT organization_id uuid, OUT is_active boolean, OUT password_hash text)
 RETURNS record
 LANGUAGE sql
 STABLE SECURITY DEFINER
AS $function$
  select a.account_id, a.username, a.email, a.role, a.organization_id, a.is_active, a.password_hash
  from public.account a
  where case when position('@' in login) > 0 then lower(a.email) = lower(login)
             else lower(a.username) = lower(login) end
$function$
;
CREATE OR REPLACE FUNCTION public.admit(session uuid, account uuid, role account_role, organization uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
declare
  claims text;
begin
  -- One statement: each of its own would cost as much again.
  perform
    set_config('assay.account', a.account_id::text, false),
    set_config(
      'assay.organizations',
      case when a.role in ('admin', 'universal') then '*' else a.organizations::text end, false)
  from public.session s
  join public.account a on a.account_id = s.account_id
  where s.session_id = admit.session
    and s.ended_at is null and s.expires_at > now() and a.is_active
    and a.account_id = admit.account and a.role = admit.role
    and a.organization_id is not distinct from admit.organization;
  if found then return; end if;
  -- They have changed since the token was made: the application tries again with the new ones.
  select concat_ws(' ', a.role, a.organization_id) into claims
  from public.session s
  join public.account a on a.account_id = s.account_id
  where s.session_id = admit.session
    and s.ended_at is null and s.expires_at > now() and a.is_active
    and a.account_id = admit.account;
  if found then raise exception '%', claims using errcode = 'AS403'; end if;
  raise exception 'the session is over' using errcode = 'AS401';
end $function$
;
CREATE OR REPLACE FUNCTION public.close_task()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
begin
  update public.task t set state = 'done' where t.task_id = new.task_id and t.state = 'open';
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.heal_blob(sha256 bytea)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
AS $function$
  update public.blob b
  set damaged_at = null,
    -- What could not be made of the damaged file is tried again.
    previewed_at = case when b.preview_fault is null then b.previewed_at end,
    preview_fault = null
  where b.sha256 = heal_blob.sha256 and b.damaged_at is not null
$function$
;
CREATE OR REPLACE FUNCTION public.heal_stored_blob()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
begin
  perform public.heal_blob(new.sha256);
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.hold_blob(organization_id uuid, sha256 bytea)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
begin
  perform from public.blob b
  where b.organization_id = hold_blob.organization_id and b.sha256 = hold_blob.sha256
  for key share;
  if not found then return false; end if;
  perform public.heal_blob(hold_blob.sha256);
  return true;
end $function$
;
CREATE OR REPLACE FUNCTION public.leave()
 RETURNS void
 LANGUAGE sql
AS $function$
  select set_config('assay.account', '', false),
         set_config('assay.organizations', '', false)
$function$
;
CREATE OR REPLACE FUNCTION public.note_grant()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
begin
  update public.account a
  set organizations = a.organizations || new.organization_id
  where a.account_id = new.account_id and new.organization_id <> all (a.organizations);
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.open_session(session_id uuid, account_id uuid, refresh_hash bytea, expires_at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
AS $function$
  insert into public.session (session_id, account_id, refresh_hash, expires_at)
  values ($1, $2, $3, $4)
$function$
;
CREATE OR REPLACE FUNCTION public.protect(target regclass)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('alter table %s enable row level security', target);
  execute format(
    'create policy tenant on %s to assay_app
       using (coalesce(organization_id = any ((select scope_organizations())::uuid[]), true))',
    target);
  execute format('create policy worker on %s to assay_worker using (true)', target);
end $function$
;
CREATE OR REPLACE FUNCTION public.release_item()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
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
end $function$
;
CREATE OR REPLACE FUNCTION public.rename_assignments()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
begin
  update public.assignment a set project_title = new.title where a.project_id = new.project_id;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.scope_account()
 RETURNS uuid
 LANGUAGE sql
 STABLE
AS $function$
  select nullif(current_setting('assay.account', true), '')::uuid
$function$
;
CREATE OR REPLACE FUNCTION public.scope_organizations()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE
AS $function$
  select case current_setting('assay.organizations', true)
    when '*' then null
    else coalesce(nullif(current_setting('assay.organizations', true), ''), '{}')::uuid[]
  end
$function$
;
CREATE OR REPLACE FUNCTION public.seize_blob(organization_id uuid, sha256 bytea)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
AS $function$
  select from public.blob b
  where b.organization_id = seize_blob.organization_id and b.sha256 = seize_blob.sha256
  for update
$function$
;
CREATE OR REPLACE FUNCTION public.sign_up(account_id uuid, username text, email text, password_hash text, role account_role, organization_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
AS $function$
begin
  -- Whatever the application is talked into, it cannot make an administrator.
  if session_user = 'assay_app' and sign_up.role not in ('customer', 'labeler') then
    raise insufficient_privilege;
  end if;
  insert into public.account (account_id, username, email, password_hash, role)
  values (sign_up.account_id, sign_up.username, sign_up.email, sign_up.password_hash, sign_up.role);
  if sign_up.organization_id is not null then
    insert into public.organization (organization_id, name)
    values (sign_up.organization_id, sign_up.username);
    insert into public.membership (organization_id, account_id, role)
    values (sign_up.organization_id, sign_up.account_id, 'owner');
    update public.account a set organization_id = sign_up.organization_id
    where a.account_id = sign_up.account_id;
  end if;
end $function$
;
CREATE OR REPLACE FUNCTION public.uuid_v7()
 RETURNS uuid
 LANGUAGE sql
 PARALLEL SAFE
AS $function$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1),
    'hex')::uuid
$function$
;

-- Triggers

CREATE TRIGGER assignment_submitted AFTER UPDATE OF state ON public.assignment FOR EACH ROW WHEN (((new.state = 'submitted'::assignment_state) AND (old.state <> 'submitted'::assignment_state))) EXECUTE FUNCTION close_task();
CREATE TRIGGER blob_stored AFTER INSERT ON public.blob FOR EACH ROW EXECUTE FUNCTION heal_stored_blob();
CREATE TRIGGER item_deleted AFTER DELETE ON public.item FOR EACH ROW WHEN ((old.held_sha256 IS NOT NULL)) EXECUTE FUNCTION release_item();
CREATE TRIGGER item_excluded AFTER UPDATE OF excluded_because ON public.item FOR EACH ROW WHEN (((old.held_sha256 IS NOT NULL) AND (new.held_sha256 IS NULL))) EXECUTE FUNCTION release_item();
CREATE TRIGGER note_membership AFTER INSERT ON public.membership FOR EACH ROW EXECUTE FUNCTION note_grant();
CREATE TRIGGER project_renamed AFTER UPDATE OF title ON public.project FOR EACH ROW WHEN ((new.title IS DISTINCT FROM old.title)) EXECUTE FUNCTION rename_assignments();
CREATE TRIGGER note_project_member AFTER INSERT ON public.project_member FOR EACH ROW EXECUTE FUNCTION note_grant();

-- Rights on tables

grant insert, select on annotation to assay_app;
grant insert, select on assignment to assay_app;
grant insert, select on blob to assay_app;
grant select, update on blob to assay_worker;
grant insert, select on item to assay_app;
grant select on item to assay_worker;
grant select on item_check to assay_app;
grant insert, select, update on item_check to assay_worker;
grant insert, select on job to assay_app;
grant insert, select on job to assay_worker;
grant insert, select on job_chunk to assay_app;
grant insert, select, update on job_chunk to assay_worker;
grant insert, select on label_class to assay_app;
grant insert, select on label_schema to assay_app;
grant insert, select, update on likeness to assay_worker;
grant usage on likeness_number to assay_worker;
grant select on membership to assay_app;
grant select on organization to assay_app;
grant select on organization to assay_worker;
grant insert, select on project to assay_app;
grant select on project to assay_worker;
grant insert, select on project_member to assay_app;
grant insert, select on released_blob to assay_app;
grant delete, select on released_blob to assay_worker;
grant select on resemblance to assay_app;
grant insert, select on resemblance to assay_worker;
grant insert, select on task to assay_app;
grant insert, select on task_item to assay_app;
grant insert, select on upload to assay_app;
grant select on upload to assay_worker;

-- Rights on columns

grant select (account_id, username, email, role, is_active, created_at) on account to assay_app;
grant update (state, answered) on assignment to assay_app;
grant update (filename, state, excluded_because) on item to assay_app;
grant update (state) on item to assay_worker;
grant update (state, finished_at) on job to assay_worker;
grant update (used_bytes, used_items) on organization to assay_app;
grant update (title, description, state) on project to assay_app;
grant select (session_id, account_id, ended_at) on session to assay_app;
grant update (ended_at) on session to assay_app;
grant update (state) on task to assay_app;
grant update (state, reason, item_id) on upload to assay_app;
grant update (state) on upload to assay_worker;

-- Rights on functions

grant execute on function account_for_sign_in(text) to assay_app;
grant execute on function admit(uuid,uuid,account_role,uuid) to assay_app;
grant execute on function close_task() to public;
grant execute on function heal_stored_blob() to public;
grant execute on function hold_blob(uuid,bytea) to assay_app;
grant execute on function leave() to public;
grant execute on function note_grant() to public;
grant execute on function open_session(uuid,uuid,bytea,timestamp with time zone) to assay_app;
grant execute on function protect(regclass) to public;
grant execute on function release_item() to public;
grant execute on function rename_assignments() to public;
grant execute on function scope_account() to public;
grant execute on function scope_organizations() to public;
grant execute on function seize_blob(uuid,bytea) to assay_app;
grant execute on function sign_up(uuid,text,text,text,account_role,uuid) to assay_app;
grant execute on function uuid_v7() to public;

