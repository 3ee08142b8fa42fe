-- Types

create type account_role as enum ('customer', 'labeler', 'reviewer', 'viewer', 'admin', 'universal');
create type answer_kind as enum ('choice', 'multi', 'text');
create type assignment_state as enum ('assigned', 'leased', 'in_progress', 'submitted', 'accepted', 'returned', 'expired', 'released');
create type claim_state as enum ('leased', 'counted', 'surplus', 'returned');
create type item_state as enum ('new', 'checking', 'ready', 'labeling', 'contested', 'resolved', 'accepted', 'excluded');
create type job_state as enum ('pending', 'queued', 'running', 'completed', 'failed', 'cancelled');
create type membership_role as enum ('owner', 'admin', 'member');
create type points_kind as enum ('provisional', 'settled', 'compensation', 'bonus');
create type pool_item_state as enum ('open', 'held', 'resolved', 'contested', 'excluded');
create type pool_state as enum ('open', 'closed');
create type project_role as enum ('admin', 'reviewer', 'labeler', 'viewer', 'customer');
create type project_state as enum ('draft', 'active', 'paused', 'completed', 'archived');
create type report_state as enum ('open', 'upheld', 'dismissed');
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
  full_name text,
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  email_verified_at timestamp with time zone,
  lost_email text,
  is_anonymous boolean not null default false,
  constraint account_home_is_membership FOREIGN KEY (organization_id, account_id) REFERENCES membership(organization_id, account_id) DEFERRABLE INITIALLY DEFERRED,
  constraint account_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint account_pkey PRIMARY KEY (account_id),
  constraint account_verified_has_email CHECK (((email_verified_at IS NULL) OR (email IS NOT NULL))),
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
  project_id uuid not null,
  content text,
  account_id uuid not null default scope_account(),
  constraint annotation_pkey PRIMARY KEY (annotation_id),
  constraint annotation_revision_taken UNIQUE (item_id, account_id, revision)
);
create table api_key (
  api_key_id uuid not null,
  account_id uuid not null,
  name text not null,
  scopes text[] not null,
  secret_hash bytea not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_key_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint api_key_pkey PRIMARY KEY (api_key_id),
  constraint api_key_scopes_check CHECK (((scopes <> '{}'::text[]) AND (scopes <@ ARRAY['read'::text, 'write'::text, 'admin'::text]))),
  constraint api_key_secret_hash_key UNIQUE (secret_hash)
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
  withdrawn_at timestamp with time zone,
  lease_expires_at timestamp with time zone,
  constraint assignment_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint assignment_once_per_person UNIQUE (task_id, account_id),
  constraint assignment_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint assignment_pkey PRIMARY KEY (assignment_id),
  constraint assignment_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(project_id),
  constraint assignment_schema_id_fkey FOREIGN KEY (schema_id) REFERENCES label_schema(schema_id),
  constraint assignment_task_id_fkey FOREIGN KEY (task_id) REFERENCES task(task_id)
);
create table audit_entry (
  number bigint not null,
  at timestamp with time zone not null,
  organization_id uuid,
  account_id uuid,
  actor text,
  action text not null,
  object text,
  address text,
  request_id text,
  facts jsonb not null,
  previous bytea not null,
  hash bytea not null,
  constraint audit_entry_pkey PRIMARY KEY (number)
);
create table audit_head (
  is_head boolean not null default true,
  number bigint not null,
  hash bytea not null,
  constraint audit_head_is_head_check CHECK (is_head),
  constraint audit_head_pkey PRIMARY KEY (is_head)
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
  detector text,
  detected double precision,
  detector_fault text,
  frames integer,
  has_position boolean,
  sharpness double precision,
  shadow double precision,
  highlight double precision,
  entropy double precision,
  colour double precision,
  preview_version smallint not null default 1,
  preview_asked_at timestamp with time zone,
  stored_rows integer,
  missing_rows integer,
  constraint blob_detected_check CHECK (((detected >= (0)::double precision) AND (detected <= (1)::double precision))),
  constraint blob_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint blob_pkey PRIMARY KEY (organization_id, sha256),
  constraint blob_sha256_check CHECK ((octet_length(sha256) = 32)),
  constraint only_pictures_have_a_size CHECK ((((mime = 'text/plain'::text) = (width IS NULL)) AND ((width IS NULL) = (height IS NULL))))
);
create table claim (
  item_id uuid not null,
  account_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  assignment_id uuid not null,
  state claim_state not null,
  points integer not null,
  claimed_at timestamp with time zone not null default now(),
  answered_at timestamp with time zone,
  seconds real,
  is_right boolean,
  paid integer not null default 0,
  constraint claim_pkey PRIMARY KEY (item_id, account_id)
);
create table consensus_fit (
  project_id uuid not null,
  organization_id uuid not null,
  temperature double precision not null,
  calibrated_on integer not null,
  fitted_at timestamp with time zone not null,
  took_seconds double precision not null,
  constraint consensus_fit_pkey PRIMARY KEY (project_id),
  constraint consensus_fit_project_id_fkey FOREIGN KEY (project_id) REFERENCES pool(project_id)
);
create table consensus_model (
  project_id uuid not null,
  topic text not null,
  organization_id uuid not null,
  method text not null,
  classes text[] not null,
  prior double precision[] not null,
  average double precision[] not null,
  constraint consensus_model_pkey PRIMARY KEY (project_id, topic),
  constraint consensus_model_project_id_fkey FOREIGN KEY (project_id) REFERENCES pool(project_id)
);
create table consistency_bonus (
  accuracy numeric(4,3) not null,
  answers integer not null,
  percent smallint not null,
  constraint consistency_bonus_numbers CHECK (((accuracy > (0)::numeric) AND (accuracy <= (1)::numeric) AND (answers > 0) AND ((percent >= 1) AND (percent <= 100)))),
  constraint consistency_bonus_pkey PRIMARY KEY (accuracy)
);
create table decision (
  decision_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  item_id uuid not null,
  account_id uuid not null,
  labels text[] not null,
  content text,
  reason text not null,
  state_before pool_item_state not null,
  labels_before text[],
  content_before text,
  created_at timestamp with time zone not null default now(),
  constraint decision_item_id_fkey FOREIGN KEY (item_id) REFERENCES item(item_id),
  constraint decision_pkey PRIMARY KEY (decision_id)
);
create table email_verification (
  token_hash bytea not null,
  account_id uuid not null,
  email text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint email_verification_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint email_verification_pkey PRIMARY KEY (token_hash)
);
create table external_identity (
  issuer text not null,
  subject text not null,
  account_id uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint external_identity_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint external_identity_pkey PRIMARY KEY (issuer, subject)
);
create table gold_bar (
  project_id uuid not null,
  account_id uuid not null,
  organization_id uuid not null,
  correct integer not null,
  answers integer not null,
  barred_at timestamp with time zone not null default now(),
  constraint gold_bar_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint gold_bar_pkey PRIMARY KEY (project_id, account_id),
  constraint gold_bar_project_id_fkey FOREIGN KEY (project_id) REFERENCES pool(project_id)
);
create table gold_item (
  item_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  labels text[] not null,
  content text,
  lottery double precision not null default random(),
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint gold_item_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(account_id),
  constraint gold_item_item_id_fkey FOREIGN KEY (item_id) REFERENCES item(item_id),
  constraint gold_item_pkey PRIMARY KEY (item_id)
);
create table invitation (
  invitation_id uuid not null,
  organization_id uuid not null,
  email text not null,
  role membership_role not null,
  token_hash bytea not null,
  letter_hash bytea,
  invited_by uuid not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  accepted_at timestamp with time zone,
  accepted_by uuid,
  revoked_at timestamp with time zone,
  constraint invitation_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES account(account_id),
  constraint invitation_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES account(account_id),
  constraint invitation_letter_hash_key UNIQUE (letter_hash),
  constraint invitation_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint invitation_pkey PRIMARY KEY (invitation_id),
  constraint invitation_token_hash_key UNIQUE (token_hash)
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
  state_before item_state,
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
create table item_label (
  item_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  labels text[] not null,
  content text,
  confidence double precision not null,
  method text not null,
  votes smallint not null,
  decided_by uuid,
  decided_at timestamp with time zone not null default now(),
  state pool_item_state not null default 'resolved'::pool_item_state,
  is_calibrated boolean not null default false,
  calibrated_on integer not null default 0,
  constraint item_label_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES account(account_id),
  constraint item_label_item_id_fkey FOREIGN KEY (item_id) REFERENCES item(item_id),
  constraint item_label_pkey PRIMARY KEY (item_id),
  constraint item_label_state CHECK ((state = ANY (ARRAY['resolved'::pool_item_state, 'contested'::pool_item_state])))
);
create table job (
  job_id uuid not null,
  organization_id uuid,
  project_id uuid,
  kind text not null,
  state job_state not null default 'queued'::job_state,
  created_by uuid,
  created_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  begun_at timestamp with time zone,
  level text,
  key text,
  constraint job_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(account_id),
  constraint job_level_check CHECK ((level = ANY (ARRAY['basic'::text, 'standard'::text, 'strict'::text]))),
  constraint job_organization_id_project_id_fkey FOREIGN KEY (organization_id, project_id) REFERENCES project(organization_id, project_id),
  constraint job_pkey PRIMARY KEY (job_id),
  constraint job_project_has_organization CHECK (((project_id IS NULL) OR (organization_id IS NOT NULL)))
);
create table job_chunk (
  job_id uuid not null,
  number integer not null,
  organization_id uuid,
  state job_state not null default 'queued'::job_state,
  items uuid[] not null default '{}'::uuid[],
  attempts integer not null default 0,
  run_after timestamp with time zone not null default now(),
  token bigint not null default 0,
  leased_by text,
  lease_expires_at timestamp with time zone,
  error text,
  priority smallint not null default 0,
  finished_at timestamp with time zone,
  deaths integer not null default 0,
  kind text,
  payload jsonb,
  size integer,
  part text,
  constraint job_chunk_job_id_fkey FOREIGN KEY (job_id) REFERENCES job(job_id),
  constraint job_chunk_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint job_chunk_pkey PRIMARY KEY (job_id, number)
);
create table known_network (
  account_id uuid not null,
  network bytea not null,
  seen_at timestamp with time zone not null default now(),
  constraint known_network_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint known_network_pkey PRIMARY KEY (account_id, network)
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
create table labeler_skill (
  project_id uuid not null,
  topic text not null,
  account_id uuid not null,
  organization_id uuid not null,
  skill double precision[] not null,
  constraint labeler_skill_pkey PRIMARY KEY (project_id, account_id, topic)
);
create table letter (
  letter_id uuid not null,
  kind text not null,
  account_id uuid,
  invitation_id uuid,
  origin text not null,
  attempts integer not null default 0,
  run_after timestamp with time zone not null default now(),
  created_at timestamp with time zone not null default now(),
  recipient text,
  project_id uuid,
  labeler_id uuid,
  constraint letter_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint letter_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitation(invitation_id),
  constraint letter_kind_check CHECK ((kind = ANY (ARRAY['password_reset'::text, 'invitation'::text, 'verification'::text, 'address_changed'::text, 'several_claims'::text, 'labeler_barred'::text]))),
  constraint letter_pkey PRIMARY KEY (letter_id)
);
create table likeness (
  organization_id uuid not null,
  sha256 bytea not null,
  whole bytea not null,
  windows bytea not null,
  luma bytea not null,
  number bigint,
  is_banded boolean not null default false,
  constraint likeness_organization_id_sha256_fkey FOREIGN KEY (organization_id, sha256) REFERENCES blob(organization_id, sha256) ON DELETE CASCADE,
  constraint likeness_pkey PRIMARY KEY (organization_id, sha256),
  constraint likeness_whole_check CHECK ((octet_length(whole) = 32))
);
create table likeness_band (
  organization_id uuid not null,
  band integer not null,
  number bigint not null,
  constraint likeness_band_organization_id_number_fkey FOREIGN KEY (organization_id, number) REFERENCES likeness(organization_id, number) ON DELETE CASCADE,
  constraint likeness_band_pkey PRIMARY KEY (organization_id, band, number)
);
create table membership (
  organization_id uuid not null,
  account_id uuid not null,
  role membership_role not null,
  created_at timestamp with time zone not null default now(),
  has_agreed boolean not null default true,
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
  made_by uuid,
  constraint organization_made_by_fkey FOREIGN KEY (made_by) REFERENCES account(account_id),
  constraint organization_pkey PRIMARY KEY (organization_id),
  constraint organization_quota_bytes_check CHECK ((quota_bytes >= 0)),
  constraint organization_quota_items_check CHECK ((quota_items >= 0))
);
create table password_reset (
  token_hash bytea not null,
  account_id uuid not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  email text,
  constraint password_reset_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint password_reset_pkey PRIMARY KEY (token_hash)
);
create table points_day (
  account_id uuid not null,
  day date not null,
  project_id uuid not null,
  organization_id uuid,
  points bigint not null default 0,
  provisional bigint not null default 0,
  labeled integer not null default 0,
  settled integer not null default 0,
  correct integer not null default 0,
  constraint points_day_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint points_day_pkey PRIMARY KEY (account_id, day, project_id)
);
create table points_entry (
  points_entry_id uuid not null default uuid_v7(),
  account_id uuid not null,
  organization_id uuid,
  project_id uuid,
  item_id uuid,
  kind points_kind not null,
  points integer not null,
  earned_on date not null default ((now() AT TIME ZONE 'UTC'::text))::date,
  created_at timestamp with time zone not null default now(),
  constraint points_entry_pkey PRIMARY KEY (points_entry_id)
);
create table points_total (
  account_id uuid not null,
  points bigint not null default 0,
  provisional bigint not null default 0,
  labeled bigint not null default 0,
  settled bigint not null default 0,
  correct bigint not null default 0,
  constraint points_total_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint points_total_pkey PRIMARY KEY (account_id)
);
create table pool (
  project_id uuid not null,
  organization_id uuid not null,
  state pool_state not null default 'open'::pool_state,
  answer answer_kind not null,
  min_labels smallint not null,
  max_labels smallint not null,
  target_confidence double precision not null,
  lease_seconds integer not null,
  points_per_item integer not null,
  items_per_task smallint not null,
  leases_per_person smallint not null,
  gold_rate double precision not null,
  instructions text not null,
  priority smallint not null default 0,
  filled_to uuid,
  is_filled boolean not null default false,
  opened_by uuid not null,
  opened_at timestamp with time zone not null default now(),
  changed_at timestamp with time zone not null default now(),
  gold_floor double precision not null default 0.5,
  text_forms text[] not null default '{case,letters,digits}'::text[],
  refit_at timestamp with time zone,
  constraint pool_bounds CHECK ((((min_labels >= 1) AND (min_labels <= max_labels)) AND (max_labels <= 100) AND (target_confidence > (0.5)::double precision) AND (target_confidence < (1)::double precision) AND ((lease_seconds >= 1) AND (lease_seconds <= 604800)) AND ((points_per_item >= 0) AND (points_per_item <= 10000)) AND ((items_per_task >= 1) AND (items_per_task <= 1000)) AND ((leases_per_person >= 1) AND (leases_per_person <= 100)) AND (gold_rate >= (0)::double precision) AND (gold_rate <= (0.5)::double precision))),
  constraint pool_gold_floor CHECK (((gold_floor >= (0)::double precision) AND (gold_floor < (1)::double precision))),
  constraint pool_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES account(account_id),
  constraint pool_organization_id_project_id_fkey FOREIGN KEY (organization_id, project_id) REFERENCES project(organization_id, project_id),
  constraint pool_pkey PRIMARY KEY (project_id)
);
create table pool_item (
  item_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  task_id uuid,
  state pool_item_state not null default 'open'::pool_item_state,
  slots smallint not null,
  answers smallint not null default 0,
  leases smallint not null default 0,
  is_settled boolean not null default true,
  is_gold boolean not null default false,
  constraint pool_item_item_id_fkey FOREIGN KEY (item_id) REFERENCES item(item_id),
  constraint pool_item_pkey PRIMARY KEY (item_id),
  constraint pool_item_slots CHECK (((answers >= 0) AND (leases >= 0) AND (is_gold OR ((answers + leases) <= slots)))),
  constraint pool_item_task_id_fkey FOREIGN KEY (task_id) REFERENCES task(task_id)
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
create table refusal_count (
  account_id uuid not null,
  hour timestamp with time zone not null,
  count bigint not null,
  constraint refusal_count_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint refusal_count_pkey PRIMARY KEY (account_id)
);
create table released_blob (
  organization_id uuid not null,
  sha256 bytea not null,
  released_at timestamp with time zone not null default now(),
  constraint released_blob_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(organization_id),
  constraint released_blob_pkey PRIMARY KEY (organization_id, sha256),
  constraint released_blob_sha256_check CHECK ((octet_length(sha256) = 32))
);
create table repeated_request (
  account_id uuid not null,
  key text not null,
  request_hash bytea not null,
  status smallint,
  body text,
  created_at timestamp with time zone not null default now(),
  constraint repeated_request_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint repeated_request_pkey PRIMARY KEY (account_id, key)
);
create table request_count (
  bucket bytea not null,
  ends_at timestamp with time zone not null,
  used integer not null,
  constraint request_count_pkey PRIMARY KEY (bucket)
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
  residual real,
  constraint resemblance_check CHECK ((first < second)),
  constraint resemblance_organization_id_first_fkey FOREIGN KEY (organization_id, first) REFERENCES likeness(organization_id, sha256) ON DELETE CASCADE,
  constraint resemblance_organization_id_second_fkey FOREIGN KEY (organization_id, second) REFERENCES likeness(organization_id, sha256) ON DELETE CASCADE,
  constraint resemblance_orientation_check CHECK (((orientation >= 1) AND (orientation <= 8))),
  constraint resemblance_pkey PRIMARY KEY (organization_id, first, second),
  constraint resemblance_score_check CHECK (((score >= (0)::double precision) AND (score <= (1)::double precision)))
);
create table schema_function (
  name text not null,
  hash text not null,
  edition integer not null,
  replaced_at timestamp with time zone not null default now(),
  constraint schema_function_pkey PRIMARY KEY (name)
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
  replaced_hashes bytea[] not null default '{}'::bytea[],
  replaced_at timestamp with time zone[] not null default '{}'::timestamp with time zone[],
  device text,
  address text,
  last_used_at timestamp with time zone,
  constraint session_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint session_pkey PRIMARY KEY (session_id),
  constraint session_refresh_hash_key UNIQUE (refresh_hash),
  constraint session_replaced_in_pairs CHECK ((cardinality(replaced_hashes) = cardinality(replaced_at)))
);
create table site_limits (
  is_site boolean not null default true,
  quota_bytes bigint default '107374182400'::bigint,
  quota_items bigint default 500000,
  organizations bigint default 20,
  api_keys integer not null default 100,
  logged_refusals integer not null default 20,
  known_networks integer not null default 16,
  known_network_age interval not null default '90 days'::interval,
  searched_claims integer not null default 250,
  named_claims integer not null default 10,
  letter_retry interval not null default '00:05:00'::interval,
  refresh_grace interval not null default '00:00:10'::interval,
  kept_refresh_tokens integer not null default 16,
  sign_up_is_open boolean not null default true,
  drawn_pools integer not null default 64,
  near_tasks integer not null default 64,
  open_reports integer not null default 50,
  reported_items integer not null default 1000,
  open_pools integer not null default 1000,
  constraint site_limits_api_keys_check CHECK ((api_keys >= 0)),
  constraint site_limits_is_site_check CHECK (is_site),
  constraint site_limits_kept_refresh_tokens_check CHECK ((kept_refresh_tokens > 1)),
  constraint site_limits_known_network_age_check CHECK ((known_network_age > '00:00:00'::interval)),
  constraint site_limits_known_networks_check CHECK ((known_networks > 0)),
  constraint site_limits_letter_retry_check CHECK ((letter_retry > '00:00:00'::interval)),
  constraint site_limits_logged_refusals_check CHECK ((logged_refusals >= 0)),
  constraint site_limits_named_claims_check CHECK ((named_claims > 0)),
  constraint site_limits_open_pools_check CHECK ((open_pools >= 0)),
  constraint site_limits_open_reports_check CHECK ((open_reports >= 0)),
  constraint site_limits_organizations_check CHECK ((organizations >= 0)),
  constraint site_limits_pkey PRIMARY KEY (is_site),
  constraint site_limits_quota_bytes_check CHECK ((quota_bytes >= 0)),
  constraint site_limits_quota_items_check CHECK ((quota_items >= 0)),
  constraint site_limits_refresh_grace_check CHECK ((refresh_grace >= '00:00:00'::interval)),
  constraint site_limits_reported_items_check CHECK ((reported_items >= 0)),
  constraint site_limits_searched_claims_check CHECK ((searched_claims > 0))
);
create table site_store (
  is_site boolean not null default true,
  store_id uuid,
  constraint site_store_is_site_check CHECK (is_site),
  constraint site_store_pkey PRIMARY KEY (is_site)
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
  packed_items bytea not null default '\x'::bytea,
  in_pool boolean not null default false,
  open_slots smallint not null default 0,
  lottery double precision not null default 0,
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
create table task_report (
  task_report_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  task_id uuid not null,
  item_id uuid,
  account_id uuid not null,
  reason text not null,
  details text,
  state report_state not null default 'open'::report_state,
  created_at timestamp with time zone not null default now(),
  decided_by uuid,
  decided_at timestamp with time zone,
  constraint task_report_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint task_report_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES account(account_id),
  constraint task_report_item_id_fkey FOREIGN KEY (item_id) REFERENCES item(item_id),
  constraint task_report_pkey PRIMARY KEY (task_report_id),
  constraint task_report_task_id_fkey FOREIGN KEY (task_id) REFERENCES task(task_id)
);
create table throttle (
  bucket bytea not null,
  empty_at timestamp with time zone not null,
  constraint throttle_pkey PRIMARY KEY (bucket)
);
create table throttle_rate (
  kind text not null,
  burst integer not null,
  seconds double precision not null,
  constraint throttle_rate_burst_check CHECK ((burst > 0)),
  constraint throttle_rate_pkey PRIMARY KEY (kind),
  constraint throttle_rate_seconds_check CHECK ((seconds > (0)::double precision))
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
  announced_bytes bigint not null default 20971520,
  filename_encoding text,
  constraint upload_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(account_id),
  constraint upload_announced_bytes_check CHECK ((announced_bytes > 0)),
  constraint upload_item_id_fkey FOREIGN KEY (item_id) REFERENCES item(item_id),
  constraint upload_organization_id_project_id_fkey FOREIGN KEY (organization_id, project_id) REFERENCES project(organization_id, project_id),
  constraint upload_pkey PRIMARY KEY (upload_id)
);

-- Indexes

CREATE INDEX account_claiming_email ON public.account USING btree (lower(email), account_id DESC);
CREATE UNIQUE INDEX account_email_taken ON public.account USING btree (lower(email)) WHERE (email_verified_at IS NOT NULL);
CREATE UNIQUE INDEX account_username_taken ON public.account USING btree (lower(username));
CREATE INDEX annotation_of_assignment ON public.annotation USING btree (assignment_id, item_id DESC, revision DESC);
CREATE INDEX annotation_of_project ON public.annotation USING btree (project_id, annotation_id);
CREATE INDEX api_key_of_account ON public.api_key USING btree (account_id);
CREATE INDEX assignment_lease_of_account ON public.assignment USING btree (account_id, lease_expires_at) WHERE ((lease_expires_at IS NOT NULL) AND (state = ANY (ARRAY['leased'::assignment_state, 'in_progress'::assignment_state])));
CREATE INDEX assignment_leased ON public.assignment USING btree (lease_expires_at) WHERE ((lease_expires_at IS NOT NULL) AND (state = ANY (ARRAY['leased'::assignment_state, 'in_progress'::assignment_state])));
CREATE INDEX assignment_of_account ON public.assignment USING btree (account_id, task_id);
CREATE INDEX assignment_of_project ON public.assignment USING btree (project_id);
CREATE INDEX assignment_withdrawn ON public.assignment USING btree (account_id, project_id) WHERE (withdrawn_at IS NOT NULL);
CREATE INDEX audit_entry_of_organization ON public.audit_entry USING btree (organization_id, number);
CREATE INDEX blob_damaged ON public.blob USING btree (sha256) WHERE (damaged_at IS NOT NULL);
CREATE INDEX blob_due_previews ON public.blob USING btree (organization_id, sha256) WHERE (((previewed_at IS NULL) OR (preview_asked_at IS NOT NULL)) AND (mime ~~ 'image/%'::text));
CREATE INDEX blob_of_bytes ON public.blob USING btree (sha256);
CREATE INDEX claim_of_account ON public.claim USING btree (account_id, answered_at);
CREATE INDEX claim_of_assignment ON public.claim USING btree (assignment_id, item_id);
CREATE INDEX claim_of_project ON public.claim USING btree (project_id, answered_at);
CREATE INDEX decision_of_item ON public.decision USING btree (item_id, decision_id);
CREATE INDEX decision_of_project ON public.decision USING btree (project_id, created_at);
CREATE INDEX email_verification_expires ON public.email_verification USING btree (expires_at);
CREATE INDEX email_verification_of_account ON public.email_verification USING btree (account_id);
CREATE INDEX external_identity_of_account ON public.external_identity USING btree (account_id);
CREATE INDEX gold_item_drawn ON public.gold_item USING btree (project_id, lottery);
CREATE INDEX gold_item_of_project ON public.gold_item USING btree (project_id, item_id);
CREATE INDEX invitation_of_organization ON public.invitation USING btree (organization_id, invitation_id);
CREATE UNIQUE INDEX invitation_open_address ON public.invitation USING btree (organization_id, lower(email)) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));
CREATE INDEX item_brought ON public.item USING btree (created_by, item_id) INCLUDE (organization_id) WHERE (excluded_because IS DISTINCT FROM 'deleted'::text);
CREATE INDEX item_check_in_project ON public.item_check USING btree (project_id, item_id) INCLUDE (organization_id);
CREATE INDEX item_deleted ON public.item USING btree (project_id) WHERE (excluded_because = 'deleted'::text);
CREATE INDEX item_label_of_project ON public.item_label USING btree (project_id, item_id);
CREATE INDEX item_new ON public.item USING btree (project_id) WHERE (state = 'new'::item_state);
CREATE INDEX item_of_blob ON public.item USING btree (organization_id, held_sha256);
CREATE INDEX item_of_project ON public.item USING btree (project_id, item_id);
CREATE INDEX item_present ON public.item USING btree (project_id, item_id) INCLUDE (organization_id) WHERE (excluded_because IS DISTINCT FROM 'deleted'::text);
CREATE UNIQUE INDEX job_already_running ON public.job USING btree (project_id, kind) WHERE (state = ANY (ARRAY['pending'::job_state, 'queued'::job_state, 'running'::job_state]));
CREATE INDEX job_chunk_next ON public.job_chunk USING btree (kind, COALESCE(organization_id, '00000000-0000-0000-0000-000000000000'::uuid), run_after, job_id, number) WHERE (state = ANY (ARRAY['queued'::job_state, 'running'::job_state]));
CREATE INDEX job_chunk_open ON public.job_chunk USING btree (job_id) WHERE (state = ANY (ARRAY['pending'::job_state, 'queued'::job_state, 'running'::job_state]));
CREATE INDEX job_chunk_turn ON public.job_chunk USING btree (priority, organization_id, run_after, job_id, number) WHERE (state = ANY (ARRAY['queued'::job_state, 'running'::job_state]));
CREATE INDEX job_chunk_waiting ON public.job_chunk USING btree (priority, run_after, job_id, number) WHERE (state = ANY (ARRAY['queued'::job_state, 'running'::job_state]));
CREATE INDEX job_of_project ON public.job USING btree (project_id, job_id);
CREATE UNIQUE INDEX job_open_key ON public.job USING btree (kind, key) WHERE (state = ANY (ARRAY['pending'::job_state, 'queued'::job_state, 'running'::job_state]));
CREATE INDEX known_network_seen ON public.known_network USING btree (seen_at);
CREATE INDEX letter_waiting ON public.letter USING btree (run_after);
CREATE INDEX likeness_band_of ON public.likeness_band USING btree (organization_id, number);
CREATE UNIQUE INDEX likeness_in_memory ON public.likeness USING btree (organization_id, number) WHERE (NOT is_banded);
CREATE UNIQUE INDEX likeness_in_order ON public.likeness USING btree (organization_id, number);
CREATE INDEX membership_of_account ON public.membership USING btree (account_id, organization_id);
CREATE INDEX organization_made_by ON public.organization USING btree (made_by) WHERE (made_by IS NOT NULL);
CREATE INDEX password_reset_of_account ON public.password_reset USING btree (account_id);
CREATE INDEX points_day_of_day ON public.points_day USING btree (day, account_id);
CREATE INDEX points_day_of_project ON public.points_day USING btree (project_id, day);
CREATE INDEX points_entry_of_account ON public.points_entry USING btree (account_id, kind, earned_on);
CREATE INDEX points_entry_of_item ON public.points_entry USING btree (item_id, account_id);
CREATE INDEX points_total_ranked ON public.points_total USING btree (points DESC);
CREATE INDEX pool_item_answered ON public.pool_item USING btree (project_id, item_id) WHERE ((state = 'open'::pool_item_state) AND (answers > 0));
CREATE INDEX pool_item_decided ON public.pool_item USING btree (project_id, item_id) WHERE (state = ANY (ARRAY['resolved'::pool_item_state, 'contested'::pool_item_state]));
CREATE INDEX pool_item_full ON public.pool_item USING btree (project_id, item_id) WHERE ((state = 'open'::pool_item_state) AND (answers >= slots));
CREATE INDEX pool_item_loose ON public.pool_item USING btree (project_id, item_id) WHERE ((task_id IS NULL) AND ((state = 'open'::pool_item_state) OR is_gold));
CREATE INDEX pool_item_of_project ON public.pool_item USING btree (project_id, state);
CREATE INDEX pool_item_of_task ON public.pool_item USING btree (task_id);
CREATE INDEX pool_item_unsettled ON public.pool_item USING btree (item_id) WHERE (NOT is_settled);
CREATE INDEX pool_open ON public.pool USING btree (priority DESC, project_id) WHERE (state = 'open'::pool_state);
CREATE INDEX pool_unfilled ON public.pool USING btree (project_id) WHERE ((state = 'open'::pool_state) AND (NOT is_filled));
CREATE INDEX project_member_of_account ON public.project_member USING btree (account_id, organization_id);
CREATE INDEX repeated_request_old ON public.repeated_request USING btree (created_at);
CREATE INDEX resemblance_of_second ON public.resemblance USING btree (organization_id, second);
CREATE INDEX session_in_order ON public.session USING btree (account_id, session_id) WHERE (ended_at IS NULL);
CREATE INDEX task_claimable ON public.task USING btree (project_id, open_slots, lottery) WHERE (in_pool AND (open_slots > 0));
CREATE INDEX task_done ON public.task USING btree (project_id) WHERE (state = 'done'::task_state);
CREATE INDEX task_in_pool ON public.task USING btree (project_id, task_id) WHERE (in_pool AND (open_slots > 0));
CREATE INDEX task_item_in_order ON public.task_item USING btree (task_id, "position");
CREATE INDEX task_of_project ON public.task USING btree (project_id, state);
CREATE INDEX task_open ON public.task USING btree (project_id) WHERE (state = 'open'::task_state);
CREATE INDEX task_report_dismissed ON public.task_report USING btree (account_id, project_id) WHERE (state = 'dismissed'::report_state);
CREATE INDEX task_report_of_account ON public.task_report USING btree (account_id) WHERE (state = 'open'::report_state);
CREATE INDEX task_report_of_item ON public.task_report USING btree (item_id) WHERE (state <> 'dismissed'::report_state);
CREATE INDEX task_report_of_project ON public.task_report USING btree (project_id, task_report_id);
CREATE INDEX task_report_of_whole_task ON public.task_report USING btree (project_id) WHERE ((item_id IS NULL) AND (state <> 'dismissed'::report_state));
CREATE INDEX task_report_open ON public.task_report USING btree (task_report_id) WHERE (state = 'open'::report_state);
CREATE UNIQUE INDEX task_report_open_once ON public.task_report USING btree (task_id, account_id, item_id) NULLS NOT DISTINCT WHERE (state = 'open'::report_state);
CREATE INDEX upload_expiring ON public.upload USING btree (expires_at) WHERE (state = 'presigned'::upload_state);
CREATE INDEX upload_open ON public.upload USING btree (organization_id) INCLUDE (announced_bytes) WHERE (state = ANY (ARRAY['presigned'::upload_state, 'received'::upload_state]));
CREATE INDEX upload_open_of_account ON public.upload USING btree (account_id) INCLUDE (content_type) WHERE (state = ANY (ARRAY['presigned'::upload_state, 'received'::upload_state]));

-- Policies

alter table account enable row level security;
create policy colleague on account as permissive for all to assay_app
  using ((account_id = ( SELECT scope_account() AS scope_account)) OR (( SELECT scope_organizations() AS scope_organizations) IS NULL) OR (EXISTS ( SELECT
   FROM project_member m
  WHERE (m.account_id = account.account_id)
 OFFSET 0)) OR (EXISTS ( SELECT
   FROM membership m
  WHERE (m.account_id = account.account_id)
 OFFSET 0)));
alter table annotation enable row level security;
create policy tenant on annotation as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on annotation as permissive for all to assay_worker
  using true;
alter table api_key enable row level security;
create policy own on api_key as permissive for all to assay_app
  using (account_id = ( SELECT scope_account() AS scope_account));
alter table assignment enable row level security;
create policy tenant on assignment as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on assignment as permissive for all to assay_worker
  using true;
alter table audit_entry enable row level security;
create policy tenant on audit_entry as permissive for all to assay_app
  using ((( SELECT scope_organizations() AS scope_organizations) IS NULL) OR (organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])));
alter table audit_head enable row level security;
create policy nobody on audit_head as permissive for all to public
  using false;
alter table blob enable row level security;
create policy tenant on blob as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on blob as permissive for all to assay_worker
  using true;
alter table claim enable row level security;
create policy tenant on claim as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on claim as permissive for all to assay_worker
  using true;
alter table consensus_fit enable row level security;
create policy tenant on consensus_fit as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on consensus_fit as permissive for all to assay_worker
  using true;
alter table consensus_model enable row level security;
create policy tenant on consensus_model as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on consensus_model as permissive for all to assay_worker
  using true;
alter table consistency_bonus enable row level security;
create policy worker on consistency_bonus as permissive for all to assay_worker
  using true;
alter table decision enable row level security;
create policy tenant on decision as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on decision as permissive for all to assay_worker
  using true;
alter table email_verification enable row level security;
create policy nobody on email_verification as permissive for all to public
  using false;
alter table external_identity enable row level security;
create policy nobody on external_identity as permissive for all to public
  using false;
alter table gold_bar enable row level security;
create policy tenant on gold_bar as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on gold_bar as permissive for all to assay_worker
  using true;
alter table gold_item enable row level security;
create policy tenant on gold_item as permissive for all to assay_app
  using (( SELECT runs_site() AS runs_site) OR (role_in(organization_id) IS NOT NULL));
create policy worker on gold_item as permissive for all to assay_worker
  using true;
alter table invitation enable row level security;
create policy tenant on invitation as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on invitation as permissive for all to assay_worker
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
alter table item_label enable row level security;
create policy tenant on item_label as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on item_label as permissive for all to assay_worker
  using true;
alter table job enable row level security;
create policy no_site_job on job as restrictive for all to assay_app
  using (organization_id IS NOT NULL);
create policy tenant on job as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on job as permissive for all to assay_worker
  using true;
alter table job_chunk enable row level security;
create policy no_site_chunk on job_chunk as restrictive for all to assay_app
  using (organization_id IS NOT NULL);
create policy tenant on job_chunk as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on job_chunk as permissive for all to assay_worker
  using true;
alter table known_network enable row level security;
create policy nobody on known_network as permissive for all to public
  using false;
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
alter table labeler_skill enable row level security;
create policy tenant on labeler_skill as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on labeler_skill as permissive for all to assay_worker
  using true;
alter table letter enable row level security;
create policy nobody on letter as permissive for all to public
  using false;
alter table likeness enable row level security;
create policy tenant on likeness as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on likeness as permissive for all to assay_worker
  using true;
alter table likeness_band enable row level security;
create policy tenant on likeness_band as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on likeness_band as permissive for all to assay_worker
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
alter table password_reset enable row level security;
create policy nobody on password_reset as permissive for all to public
  using false;
alter table points_day enable row level security;
create policy own on points_day as permissive for all to assay_app
  using ((account_id = ( SELECT scope_account() AS scope_account)) OR (( SELECT scope_organizations() AS scope_organizations) IS NULL) OR (organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])));
create policy worker on points_day as permissive for all to assay_worker
  using true;
alter table points_entry enable row level security;
create policy own on points_entry as permissive for all to assay_app
  using ((account_id = ( SELECT scope_account() AS scope_account)) OR (( SELECT scope_organizations() AS scope_organizations) IS NULL) OR (organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])));
create policy worker on points_entry as permissive for all to assay_worker
  using true;
alter table points_total enable row level security;
create policy own on points_total as permissive for all to assay_app
  using (account_id = ( SELECT scope_account() AS scope_account));
create policy worker on points_total as permissive for all to assay_worker
  using true;
alter table pool enable row level security;
create policy tenant on pool as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on pool as permissive for all to assay_worker
  using true;
alter table pool_item enable row level security;
create policy tenant on pool_item as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on pool_item as permissive for all to assay_worker
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
alter table refusal_count enable row level security;
create policy nobody on refusal_count as permissive for all to public
  using false;
alter table released_blob enable row level security;
create policy tenant on released_blob as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on released_blob as permissive for all to assay_worker
  using true;
alter table repeated_request enable row level security;
create policy own on repeated_request as permissive for all to assay_app
  using (account_id = ( SELECT scope_account() AS scope_account));
create policy worker on repeated_request as permissive for all to assay_worker
  using true;
alter table request_count enable row level security;
create policy nobody on request_count as permissive for all to public
  using false;
alter table resemblance enable row level security;
create policy tenant on resemblance as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on resemblance as permissive for all to assay_worker
  using true;
alter table session enable row level security;
create policy own on session as permissive for all to assay_app
  using (account_id = ( SELECT scope_account() AS scope_account));
alter table site_limits enable row level security;
create policy everybody on site_limits as permissive for select to assay_app, assay_worker
  using true;
alter table site_store enable row level security;
create policy everybody on site_store as permissive for select to assay_app, assay_worker
  using true;
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
alter table task_report enable row level security;
create policy tenant on task_report as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on task_report as permissive for all to assay_worker
  using true;
alter table throttle enable row level security;
create policy nobody on throttle as permissive for all to public
  using false;
alter table throttle_rate enable row level security;
create policy nobody on throttle_rate as permissive for all to public
  using false;
alter table upload enable row level security;
create policy tenant on upload as permissive for all to assay_app
  using COALESCE((organization_id = ANY (( SELECT scope_organizations() AS scope_organizations)::uuid[])), true);
create policy worker on upload as permissive for all to assay_worker
  using true;

-- Functions

CREATE OR REPLACE FUNCTION public.accept_invitation(hash bytea)
 RETURNS uuid
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select case when u.outcome in ('joined', 'member') then u.organization end
  from public.use_invitation(hash) u
$function$
;
CREATE OR REPLACE FUNCTION public.add_account(account uuid, username text, email text, full_name text, password_hash text, role account_role)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if session_user in ('assay_app', 'assay_worker') and not public.runs_site() then
    raise insufficient_privilege;
  end if;
  insert into public.account (account_id, username, email, full_name, password_hash, role)
  values (
    account, add_account.username, add_account.email, add_account.full_name,
    add_account.password_hash, add_account.role);
  if role in ('customer', 'universal') then perform public.give_organization(account); end if;
end $function$
;
CREATE OR REPLACE FUNCTION public.add_member(organization uuid, account uuid, wanted membership_role)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform public.lock_accounts(account);
  -- An invitation to the account's address is made before this, or after it and then refused.
  perform from public.organization o where o.organization_id = organization for no key update;
  if not public.may_appoint(organization, wanted) then raise insufficient_privilege; end if;
  insert into public.membership (organization_id, account_id, role, has_agreed)
  select organization, a.account_id, wanted, a.account_id = public.scope_account()
  from public.account a where a.account_id = account and a.is_active
  on conflict on constraint membership_pkey do nothing;
  return found;
end $function$
;
CREATE OR REPLACE FUNCTION public.address_sweep()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  delete from public.known_network k
  where k.seen_at < now() - (select l.known_network_age from public.site_limits l);
  delete from public.email_verification v where v.expires_at < now();
$function$
;
CREATE OR REPLACE FUNCTION public.admit(session uuid, account uuid, role account_role, organization uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  claims text;
begin
  -- One statement, because a second one would double the cost of most requests.
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
  -- The account has changed since the token was made: the application tries again with its new
  -- role and organization.
  select concat_ws(' ', a.role, a.organization_id) into claims
  from public.session s
  join public.account a on a.account_id = s.account_id
  where s.session_id = admit.session
    and s.ended_at is null and s.expires_at > now() and a.is_active
    and a.account_id = admit.account;
  if found then raise exception '%', claims using errcode = 'AS403'; end if;
  raise exception 'the session has ended' using errcode = 'AS401';
end $function$
;
CREATE OR REPLACE FUNCTION public.admit_account(account uuid, role account_role, organization uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  claims text;
begin
  perform
    set_config('assay.account', a.account_id::text, false),
    set_config(
      'assay.organizations',
      case when a.role in ('admin', 'universal') then '*' else a.organizations::text end, false)
  from public.account a
  where a.account_id = admit_account.account and a.is_active and a.role = admit_account.role
    and a.organization_id is not distinct from admit_account.organization;
  if found then return; end if;
  select concat_ws(' ', a.role, a.organization_id) into claims
  from public.account a where a.account_id = admit_account.account and a.is_active;
  if found then raise exception '%', claims using errcode = 'AS403'; end if;
  raise exception 'the account is deactivated' using errcode = 'AS401';
end $function$
;
CREATE OR REPLACE FUNCTION public.ask_invitation(letter uuid, invitation uuid, origin text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select public.queue_invitation($1, $2, $3)
$function$
;
CREATE OR REPLACE FUNCTION public.ask_reset(letter uuid, login text, origin text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  found_account uuid;
  address text;
  claims bigint := 0;
begin
  select a.account_id, a.email into found_account, address from public.account a
  where position('@' in login) = 0 and lower(a.username) = lower(login)
    and a.is_active and a.email is not null
    and (a.email_verified_at is not null or not public.signs_in_elsewhere(a.account_id));
  if position('@' in login) > 0 then
    select a.account_id, a.email into found_account, address from public.account a
    where lower(a.email) = lower(login) and a.email_verified_at is not null and a.is_active;
    if not found then
      select count(*), (array_agg(c.account_id))[1], min(c.email)
      into claims, found_account, address
      from (
        select a.account_id, a.email from public.account a
        where lower(a.email) = lower(login) and a.is_active
          and not public.signs_in_elsewhere(a.account_id)
        order by a.account_id desc limit 2) c;
    end if;
  end if;
  if public.throttle_take(
    'reset', public.throttle_bucket('reset', lower(coalesce(address, login)))) = 0
    and (found_account is null or public.throttle_take(
      'reset', public.throttle_bucket('reset', found_account::text)) = 0)
  then
    insert into public.letter (letter_id, kind, account_id, origin, recipient)
    values (
      letter, case when claims > 1 then 'several_claims' else 'password_reset' end,
      case when claims > 1 then null else found_account end, ask_reset.origin,
      case when claims > 1 then address end);
  end if;
end $function$
;
CREATE OR REPLACE FUNCTION public.ask_verification(letter uuid, account uuid, origin text)
 RETURNS double precision
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  address text;
  wait double precision;
begin
  select a.email into address from public.account a
  where a.account_id = account and a.email_verified_at is null and a.is_active;
  if address is null then return null; end if;
  wait := public.throttle_take(
    'verification', public.throttle_bucket('verification', account::text));
  if wait = 0 and public.may_write_to(address) then
    insert into public.letter (letter_id, kind, account_id, origin)
    values (letter, 'verification', account, ask_verification.origin);
  end if;
  return wait;
end $function$
;
CREATE OR REPLACE FUNCTION public.audit(action text, account_id uuid, actor text, organization_id uuid, object text, address text, request_id text, facts jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  head public.audit_head;
  entry public.audit_entry;
begin
  select * into head from public.audit_head for no key update;
  entry.number := head.number + 1;
  entry.at := clock_timestamp();
  -- Without an organization of its own, the entry belongs to the actor's.
  entry.organization_id := coalesce(
    audit.organization_id,
    (select a.organization_id from public.account a where a.account_id = audit.account_id));
  entry.account_id := audit.account_id;
  entry.actor := coalesce(
    audit.actor,
    (select a.username from public.account a where a.account_id = audit.account_id));
  entry.action := audit.action;
  entry.object := audit.object;
  entry.address := audit.address;
  entry.request_id := audit.request_id;
  entry.facts := coalesce(audit.facts, '{}');
  entry.previous := head.hash;
  entry.hash := public.audit_hash(entry);
  insert into public.audit_entry select entry.*;
  update public.audit_head set number = entry.number, hash = entry.hash;
end $function$
;
CREATE OR REPLACE FUNCTION public.audit_hash(entry audit_entry)
 RETURNS bytea
 LANGUAGE sql
 STABLE
RETURN sha256(((entry).previous || convert_to((jsonb_build_array((entry).number, ((EXTRACT(epoch FROM (entry).at) * (1000000)::numeric))::bigint, (entry).organization_id, (entry).account_id, (entry).actor, (entry).action, (entry).object, (entry).address, (entry).request_id, (entry).facts))::text, 'UTF8'::name)))
;
CREATE OR REPLACE FUNCTION public.audit_is_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  raise insufficient_privilege using message = 'the audit log is append-only';
end $function$
;
CREATE OR REPLACE FUNCTION public.audit_refusal(account uuid, organization uuid, object text, address text, request_id text, facts jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  old public.refusal_count;
  this_hour timestamptz;
begin
  loop
    insert into public.refusal_count (account_id, hour, count)
    values (account, date_trunc('hour', clock_timestamp()), 0) on conflict do nothing;
    select * into old from public.refusal_count r where r.account_id = account for no key update;
    -- The sweep may have deleted the row in between.
    exit when found;
  end loop;
  -- Read under the lock, since the hour may have changed while this waited. It never goes back.
  this_hour := greatest(old.hour, date_trunc('hour', clock_timestamp()));
  if old.hour < this_hour then
    perform public.sum_refusals(account, old.hour, old.count);
    old.count := 0;
  end if;
  update public.refusal_count r set hour = this_hour, count = old.count + 1
  where r.account_id = account;
  if old.count < (select l.logged_refusals from public.site_limits l) then
    perform public.audit(
      'refused', account, null, organization, object, address, audit_refusal.request_id, facts);
  else
    -- A crash may lose the last counts, so that nobody has to wait for the disk.
    perform set_config('synchronous_commit', 'off', true);
  end if;
end $function$
;
CREATE OR REPLACE FUNCTION public.audit_verify()
 RETURNS bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select min(broken) from (
    select min(e.number) as broken
    from (
      select a.number, a.previous, a.hash, public.audit_hash(a) as right_hash,
        lag(a.number, 1, 0::bigint) over walk as number_before,
        lag(a.hash, 1, sha256('assay')) over walk as hash_before
      from public.audit_entry a
      window walk as (order by a.number)
    ) e
    where e.hash <> e.right_hash or e.previous <> e.hash_before
      or e.number <> e.number_before + 1
    union all
    select least(h.number, coalesce(l.number, 0)) + case when l.number = h.number then 0 else 1 end
    from public.audit_head h
    left join (
      select a.number, a.hash from public.audit_entry a order by a.number desc limit 1) l on true
    where h.number <> coalesce(l.number, 0) or h.hash <> coalesce(l.hash, sha256('assay'))
  ) found
$function$
;
CREATE OR REPLACE FUNCTION public.bar_labeler(project uuid, labeler uuid, correct integer, answers integer, tells boolean)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.gold_bar (project_id, account_id, organization_id, correct, answers)
  select o.project_id, labeler, o.organization_id, bar_labeler.correct, bar_labeler.answers
  from public.pool o where o.project_id = project
  on conflict do nothing;
  if not found or not tells then return; end if;
  insert into public.letter (letter_id, kind, account_id, origin, project_id, labeler_id)
  select public.uuid_v7(), 'labeler_barred', a.account_id, '', project, labeler
  from public.pool o join public.account a on a.account_id = o.opened_by and a.is_active
  where o.project_id = project and a.email_verified_at is not null and public.may_write_to(a.email);
end $function$
;
CREATE OR REPLACE FUNCTION public.barred_labeler(letter uuid)
 RETURNS TABLE(title text, username text, correct integer, answers integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select p.title, a.username, b.correct, b.answers
  from public.letter l
  join public.gold_bar b on b.project_id = l.project_id and b.account_id = l.labeler_id
  join public.project p on p.project_id = b.project_id
  join public.account a on a.account_id = b.account_id
  where l.letter_id = letter
$function$
;
CREATE OR REPLACE FUNCTION public.brake_bucket(guessed text)
 RETURNS bytea
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select public.throttle_bucket('brake', $1)
$function$
;
CREATE OR REPLACE FUNCTION public.bundle_pool(project uuid, most integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  settings public.pool;
  loose uuid[];
begin
  select * into settings from public.pool o
  where o.project_id = project and o.state = 'open'
    and (session_user <> 'assay_app'
      or coalesce(o.organization_id = any (public.scope_organizations()), true))
  for update;
  if not found then return false; end if;
  loose := array(
    select p.item_id from public.pool_item p
    where p.project_id = project and p.task_id is null and (p.state = 'open' or p.is_gold)
    order by p.item_id limit most
    for no key update);
  if cardinality(loose) = 0 then return false; end if;
  with bundled as (
    select item_id, (place - 1) / settings.items_per_task as bundle,
      (place - 1) % settings.items_per_task + 1 as position
    from unnest(loose) with ordinality as given (item_id, place)
  ), bundle as materialized (
    select b.bundle, public.uuid_v7() as task_id, count(*) as item_count,
      coalesce(max(p.slots - p.answers - p.leases) filter (where p.state = 'open'), 0) as open_slots
    from bundled b join public.pool_item p on p.item_id = b.item_id
    group by b.bundle
  ), made as (
    insert into public.task (
      task_id, organization_id, project_id, schema_id, title, item_count, created_by, in_pool,
      open_slots, lottery)
    select b.task_id, o.organization_id, o.project_id,
      (select s.schema_id from public.label_schema s
       where s.project_id = project order by s.version desc limit 1),
      o.title, b.item_count, settings.opened_by, true, b.open_slots,
      random()
    from bundle b, public.project o
    where o.project_id = project
    returning task_id
  ), moved as (
    update public.pool_item p set task_id = b.task_id
    from bundled d join bundle b on b.bundle = d.bundle
    where p.item_id = d.item_id
  )
  insert into public.task_item (task_id, item_id, organization_id, position)
  select b.task_id, d.item_id, settings.organization_id, d.position
  from bundled d join bundle b on b.bundle = d.bundle join made m on m.task_id = b.task_id;
  return cardinality(loose) = most;
end $function$
;
CREATE OR REPLACE FUNCTION public.change_account(account uuid, new_username text, new_email text, new_full_name text, new_active boolean, new_role account_role)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  old public.account;
  -- The command line connects as the owner, without a scope.
  is_owner boolean := session_user not in ('assay_app', 'assay_worker');
begin
  if not is_owner and not public.runs_site()
    and (account is distinct from public.scope_account()
      or new_active or new_role is not null)
  then
    raise insufficient_privilege;
  end if;
  -- When two admins deactivate each other at once, the second waits here and sees the first change.
  if new_active is not null or new_role is not null then
    perform pg_advisory_xact_lock(hashtext('change_account'));
  end if;
  select * into old from public.account a
  where a.account_id = account and a.deleted_at is null for no key update;
  if not found then return false; end if;
  if old.role = 'admin' and old.is_active
    and (new_active is false or coalesce(new_role, 'admin') <> 'admin')
    and not exists (
      select from public.account a
      where a.role = 'admin' and a.is_active and a.account_id <> account)
  then
    raise check_violation using constraint = 'account_last_admin',
      message = 'the site needs an admin';
  end if;
  update public.account a set
    username = coalesce(new_username, a.username), email = coalesce(new_email, a.email),
    full_name = coalesce(new_full_name, a.full_name),
    is_active = coalesce(new_active, a.is_active), role = coalesce(new_role, a.role),
    updated_at = now()
  where a.account_id = account;
  if new_active is false then
    update public.session s set ended_at = now()
    where s.account_id = account and s.ended_at is null;
  end if;
  if new_role in ('customer', 'universal') and old.organization_id is null then
    perform public.give_organization(account);
  end if;
  return true;
end $function$
;
CREATE OR REPLACE FUNCTION public.change_member(organization uuid, account uuid, wanted membership_role)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  old public.membership_role;
begin
  perform public.lock_accounts(account);
  -- When two owners demote each other at once, the second waits here and sees the first change.
  perform from public.organization o where o.organization_id = organization for no key update;
  select m.role into old from public.membership m
  where m.organization_id = organization and m.account_id = account;
  if not found then return false; end if;
  if not public.may_appoint(organization, wanted) or not public.may_appoint(organization, old) then
    raise insufficient_privilege;
  end if;
  if old = 'owner' and wanted <> 'owner' then
    perform public.expect_owner(organization, account);
  end if;
  update public.membership m set role = wanted
  where m.organization_id = organization and m.account_id = account;
  return true;
end $function$
;
CREATE OR REPLACE FUNCTION public.change_password(old_hash text, new_hash text, kept_session uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from public.account a
  where a.account_id = public.scope_account() and a.is_active and a.password_hash = old_hash
  for no key update;
  return found and public.set_password(public.scope_account(), new_hash, kept_session);
end $function$
;
CREATE OR REPLACE FUNCTION public.choose_organization(organization uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform public.lock_accounts(public.scope_account());
  update public.account a set organization_id = organization, updated_at = now()
  where a.account_id = public.scope_account() and exists (
    select from public.membership m
    where m.organization_id = organization and m.account_id = a.account_id);
  return found;
end $function$
;
CREATE OR REPLACE FUNCTION public.claim_in(account uuid, settings pool)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  few integer;
  chosen uuid;
  tried uuid[] := '{}';
  stage text;
  deficit double precision := public.gold_deficit(account, settings);
begin
  select l.near_tasks into few from public.site_limits l;
  foreach stage in array array['gold', 'near', 'far', 'all'] loop
    loop
      chosen := null;
      if stage = 'gold' then
        exit when cardinality(tried) > 0 or random() >= deficit / 2;
        chosen := public.find_gold_task(account, settings.project_id);
      elsif stage = 'near' then
        select t.task_id into chosen from (
          select n.task_id, n.open_slots, n.lottery from public.task n
          where n.project_id = settings.project_id and n.in_pool and n.open_slots > 0
          order by n.open_slots, n.lottery limit few
        ) near
        join public.task t on t.task_id = near.task_id and t.in_pool and t.open_slots > 0
        where t.task_id <> all (tried) and not exists (
            select from public.assignment a
            where a.task_id = t.task_id and a.account_id = account and a.state <> 'expired')
        order by near.open_slots, near.lottery limit 1
        for no key update of t skip locked;
      elsif stage = 'far' then
        select t.task_id into chosen from (
          select n.task_id, n.open_slots, n.lottery from public.task n
          where n.project_id = settings.project_id and n.in_pool and n.open_slots > 0
          order by n.open_slots desc, n.lottery desc limit few
        ) far
        join public.task t on t.task_id = far.task_id and t.in_pool and t.open_slots > 0
        where t.task_id <> all (tried) and not exists (
            select from public.assignment a
            where a.task_id = t.task_id and a.account_id = account and a.state <> 'expired')
        order by far.open_slots desc, far.lottery desc limit 1
        for no key update of t skip locked;
      else
        chosen := public.find_task(account, settings.project_id, tried);
      end if;
      exit when chosen is null;
      tried := tried || chosen;
      if exists (
        select from public.assignment a where a.task_id = chosen and a.account_id = account)
      then
        -- A late answer may hold the expired lease, and wait for the task: it goes first.
        perform from public.assignment a where a.task_id = chosen and a.account_id = account
        for no key update skip locked;
        continue when not found;
      end if;
      if public.lease_items(
        chosen, account, settings,
        greatest(floor(deficit + random())::integer, (stage = 'gold')::integer))
      then
        return chosen;
      end if;
    end loop;
  end loop;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.claim_next(wanted uuid)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  caller uuid := public.scope_account();
  found_task uuid;
  candidate record;
  settings public.pool;
  most integer;
  drawn uuid[] := '{}';
begin
  -- Two requests of one person follow each other, and no removal comes between.
  perform from public.account a
  where a.account_id = caller and a.is_active
    and a.role in ('labeler', 'reviewer', 'admin', 'universal')
  for no key update;
  if not found then raise insufficient_privilege; end if;
  select a.task_id into found_task from public.assignment a
  where a.account_id = caller and a.withdrawn_at is null
    and a.lease_expires_at > now() and a.state in ('leased', 'in_progress')
    and (wanted is null or a.project_id = wanted)
    -- All its items may have been excluded, reported or decided meanwhile.
    and exists (
      select from public.claim c
      join public.pool_item p on p.item_id = c.item_id
      where c.assignment_id = a.assignment_id and c.state = 'leased' and p.state = 'open')
  order by a.lease_expires_at limit 1;
  if found then
    -- Another device has taken it, perhaps since this request began.
    perform public.refresh_scope(caller);
    return found_task;
  end if;
  select l.drawn_pools into most from public.site_limits l;
  -- A site with many pools draws some of them; the others are asked when these have no task.
  for pass in 1..2 loop
    drawn := array(
      select o.project_id from public.pool o
      where o.state = 'open' and (wanted is null or o.project_id = wanted)
        and o.project_id <> all (drawn)
      order by o.priority desc, random()
      limit case pass when 1 then most end);
    for candidate in
      select o.project_id
      from unnest(drawn) as given (project_id)
      join public.pool o on o.project_id = given.project_id
      cross join lateral (
        select t.open_slots from public.task t
        where t.project_id = o.project_id and t.in_pool and t.open_slots > 0
        order by t.open_slots limit 1
      ) first
      order by first.open_slots, o.priority desc, random()
    loop
      -- Pools that have nothing for the caller are not locked: PostgreSQL's table of locks is small.
      select * into settings from public.pool o where o.project_id = candidate.project_id;
      continue when public.may_lease(caller, settings) is not null
        or not public.offers_task(caller, candidate.project_id);
      perform public.pool_lock(candidate.project_id);
      select * into settings from public.pool o where o.project_id = candidate.project_id;
      continue when public.may_lease(caller, settings) is not null;
      found_task := public.claim_in(caller, settings);
      if found_task is not null then return found_task; end if;
    end loop;
    exit when cardinality(drawn) < most;
  end loop;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.claim_store(store uuid)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  update public.site_store s set store_id = store where s.store_id is null;
  return (select s.store_id from public.site_store s);
end $function$
;
CREATE OR REPLACE FUNCTION public.claim_task(task uuid)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  caller uuid := public.scope_account();
  project uuid;
  settings public.pool;
  refusal text;
begin
  -- Two requests of one person follow each other, and no removal comes between.
  perform from public.account a
  where a.account_id = caller and a.is_active
    and a.role in ('labeler', 'reviewer', 'admin', 'universal')
  for no key update;
  if not found then raise insufficient_privilege; end if;
  select t.project_id into project from public.task t where t.task_id = task and t.in_pool;
  if not found then return 'unknown'; end if;
  perform public.pool_lock(project);
  select * into settings from public.pool o where o.project_id = project;
  perform from public.assignment a
  where a.task_id = task and a.account_id = caller for no key update;
  if exists (
    select from public.assignment a
    where a.task_id = task and a.account_id = caller and a.withdrawn_at is null
      and a.state in ('leased', 'in_progress') and a.lease_expires_at > now())
  then
    -- Another device has taken it, perhaps since this request began.
    perform public.refresh_scope(caller);
    return 'mine';
  end if;
  refusal := public.may_lease(caller, settings);
  if refusal is not null then return refusal; end if;
  -- A lease that expired a moment ago has not been ended yet: it goes on.
  update public.assignment a
  set lease_expires_at = now() + settings.lease_seconds * interval '1 second'
  where a.task_id = task and a.account_id = caller and a.withdrawn_at is null
    and a.state in ('leased', 'in_progress');
  if found then return 'claimed'; end if;
  -- The answers of the same transaction lock items, which come before tasks.
  perform from public.item i
  where i.item_id in (select c.item_id from public.task_item c where c.task_id = task)
  order by i.item_id for no key update;
  perform from public.task t where t.task_id = task for no key update;
  return case when public.lease_items(task, caller, settings, null) then 'claimed' else 'taken' end;
end $function$
;
CREATE OR REPLACE FUNCTION public.claimable_task(wanted uuid)
 RETURNS TABLE(task_id uuid, project_id uuid, title text, classes text[], packed_items bytea, items uuid[], answer answer_kind, instructions text, points integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select t.task_id, t.project_id, t.title,
    array(
      select c.name from public.label_class c
      where c.schema_id = t.schema_id order by c.position),
    t.packed_items, free.items, o.answer, o.instructions, o.points_per_item
  from public.task t
  join public.pool o on o.project_id = t.project_id and o.state = 'open'
  cross join lateral (
    select array_agg(p.item_id) as items from public.pool_item p
    where p.task_id = t.task_id
      and (p.state = 'open' and p.answers + p.leases < p.slots
        or p.is_gold and p.state = 'resolved')
      and not exists (
        select from public.annotation n
        where n.item_id = p.item_id and n.account_id = public.scope_account())
  ) free
  where t.task_id = wanted and t.in_pool and free.items is not null
    and not public.is_barred(public.scope_account(), t.project_id)
    and not exists (
      select from public.gold_bar b
      where b.project_id = t.project_id and b.account_id = public.scope_account())
    and exists (
      select from public.account a
      where a.account_id = public.scope_account() and a.is_active
        and a.role in ('labeler', 'reviewer', 'admin', 'universal'))
$function$
;
CREATE OR REPLACE FUNCTION public.claimable_tasks(after uuid, most integer)
 RETURNS TABLE(task_id uuid, project_id uuid, title text, project_title text, description text, item_count integer, created_at timestamp with time zone, answer answer_kind, points integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET jit TO 'off'
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  with newest as materialized (
    select o.project_id, o.instructions, o.answer, o.points_per_item
    from public.pool o
    cross join lateral (
      select c.task_id from public.task c
      where c.project_id = o.project_id and c.in_pool and c.open_slots > 0 and c.task_id < after
        and not exists (
          select from public.assignment a
          where a.task_id = c.task_id and a.account_id = public.scope_account()
            and a.state <> 'expired')
        and exists (
          select from public.pool_item i
          where i.task_id = c.task_id and i.state = 'open' and i.answers + i.leases < i.slots
            and not exists (
              select from public.annotation n
              where n.item_id = i.item_id and n.account_id = public.scope_account()))
      order by c.task_id desc limit 1
    ) t
    where o.state = 'open' and not public.is_barred(public.scope_account(), o.project_id)
      and not exists (
        select from public.gold_bar b
        where b.project_id = o.project_id and b.account_id = public.scope_account())
      and exists (
        select from public.account a
        where a.account_id = public.scope_account() and a.is_active
          and a.role in ('labeler', 'reviewer', 'admin', 'universal'))
    order by t.task_id desc limit most
  )
  select t.task_id, o.project_id, t.title, p.title, o.instructions, t.item_count, t.created_at,
    o.answer, o.points_per_item
  from newest o
  join public.project p on p.project_id = o.project_id
  cross join lateral (
    select c.task_id, c.title, c.item_count, c.created_at from public.task c
    where c.project_id = o.project_id and c.in_pool and c.open_slots > 0 and c.task_id < after
      and not exists (
        select from public.assignment a
        where a.task_id = c.task_id and a.account_id = public.scope_account()
          and a.state <> 'expired')
      and exists (
        select from public.pool_item i
        where i.task_id = c.task_id and i.state = 'open' and i.answers + i.leases < i.slots
          and not exists (
            select from public.annotation n
            where n.item_id = i.item_id and n.account_id = public.scope_account()))
    order by c.task_id desc limit most
  ) t
  order by t.task_id desc
  limit most
$function$
;
CREATE OR REPLACE FUNCTION public.claiming_names(address text)
 RETURNS text[]
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select array(
    select a.username from public.account a
    where lower(a.email) = lower($1) and a.is_active and a.email_verified_at is null
    order by a.account_id desc
    limit (select l.named_claims from public.site_limits l))
$function$
;
CREATE OR REPLACE FUNCTION public.close_database()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  execute format('revoke create, temporary on database %I from public', current_database());
  execute format(
    'revoke create, temporary on database %I from assay_app, assay_worker', current_database());
  revoke create on schema public from public, assay_app, assay_worker;
  -- When another role owns the database, PostgreSQL revokes nothing and only warns.
  if has_database_privilege('assay_app', current_database(), 'temporary, create')
    or has_database_privilege('assay_worker', current_database(), 'temporary, create')
    or has_schema_privilege('assay_app', 'public', 'create')
    or has_schema_privilege('assay_worker', 'public', 'create')
  then
    raise exception 'assay_owner must own the database: alter database % owner to assay_owner',
      quote_ident(current_database());
  end if;
end $function$
;
CREATE OR REPLACE FUNCTION public.close_pool(project uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform pg_advisory_xact_lock(hashtextextended('pool ' || project, 0));
  update public.pool o set state = 'closed', changed_at = now()
  where o.project_id = project and o.state = 'open'
    and coalesce(o.organization_id = any (public.scope_organizations()), true);
  return found;
end $function$
;
CREATE OR REPLACE FUNCTION public.close_task()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  update public.task t set state = 'done' where t.task_id = new.task_id and t.state = 'open' and not t.in_pool;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.compensate(items uuid[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select from public.points_total t
  where t.account_id in (select c.account_id from public.claim c where c.item_id = any (items))
  order by t.account_id for no key update;

  with due as materialized (
    select c.account_id, c.organization_id, c.project_id, c.item_id, c.points - c.paid as points,
      (now() at time zone 'UTC')::date as day
    from public.claim c
    where c.item_id = any (items) and c.state in ('counted', 'surplus') and c.paid < c.points
  ), promised as materialized (
    select e.account_id, e.organization_id, e.project_id, e.item_id, sum(e.points)::integer as points,
      e.earned_on as day
    from public.points_entry e
    where e.item_id = any (items) and e.kind = 'provisional'
    group by e.account_id, e.organization_id, e.project_id, e.item_id, e.earned_on
    having sum(e.points) <> 0
  ), entered as (
    insert into public.points_entry (
      account_id, organization_id, project_id, item_id, kind, points, earned_on)
    select p.account_id, p.organization_id, p.project_id, p.item_id,
      'provisional'::public.points_kind, -p.points, p.day
    from promised p
    union all
    select d.account_id, d.organization_id, d.project_id, d.item_id, 'compensation', d.points, d.day
    from due d
  ), paid as (
    update public.claim c set paid = c.points
    from due d where c.item_id = d.item_id and c.account_id = d.account_id
  ), change as materialized (
    select x.account_id, x.organization_id, x.project_id, x.day, sum(x.points) as points,
      sum(x.provisional) as provisional
    from (
      select d.account_id, d.organization_id, d.project_id, d.day, d.points, 0 as provisional
      from due d
      union all
      select p.account_id, p.organization_id, p.project_id, p.day, 0, -p.points from promised p
    ) x
    group by x.account_id, x.organization_id, x.project_id, x.day
  ), in_day as (
    insert into public.points_day as d (
      account_id, day, project_id, organization_id, points, provisional)
    select c.account_id, c.day, c.project_id, c.organization_id, c.points, c.provisional
    from change c
    order by c.account_id, c.day
    on conflict (account_id, day, project_id) do update
      set points = d.points + excluded.points, provisional = d.provisional + excluded.provisional
  )
  insert into public.points_total as t (account_id, points, provisional)
  select c.account_id, sum(c.points), sum(c.provisional) from change c
  group by c.account_id order by c.account_id
  on conflict (account_id) do update
    set points = t.points + excluded.points, provisional = t.provisional + excluded.provisional;
$function$
;
CREATE OR REPLACE FUNCTION public.complete_old_chunk()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  new.kind := (select j.kind from public.job j where j.job_id = new.job_id);
  new.size := cardinality(new.items);
  return new;
end $function$
;
CREATE OR REPLACE FUNCTION public.complete_old_job()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  new.key := new.project_id::text;
  return new;
end $function$
;
CREATE OR REPLACE FUNCTION public.count_answers(assignment uuid, answered uuid[], given_seconds real[], ending assignment_state)
 RETURNS uuid[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  its public.assignment;
  saved uuid[];
  returned uuid[] := '{}';
  tasks uuid[];
  today date := (now() at time zone 'UTC')::date;
begin
  select * into its from public.assignment a
  where a.assignment_id = assignment
    and (session_user <> 'assay_app'
      or coalesce(a.organization_id = any (public.scope_organizations()), true))
  for no key update;
  if not found then return '{}'; end if;
  saved := array(
    select i.item_id from public.task_item i
    where i.task_id = its.task_id and i.item_id = any (answered)
    union
    select c.item_id from public.claim c
    where ending is not null and c.assignment_id = assignment and c.state = 'leased'
      and exists (
        select from public.annotation n
        where n.item_id = c.item_id and n.account_id = its.account_id)
    order by 1);
  if ending is not null then
    returned := array(
      select c.item_id from public.claim c
      where c.assignment_id = assignment and c.state = 'leased' and c.item_id <> all (saved)
      order by c.item_id);
  end if;
  -- Items before tasks, tasks before items of the pool: the order of locks.
  -- An item that goes back may be decided by a surplus answer that gets its slot.
  perform from public.item i where i.item_id = any (saved || returned)
  order by i.item_id for no key update;
  tasks := array(
    select distinct p.task_id from public.pool_item p
    where p.item_id = any (saved || returned) and p.task_id is not null
    order by 1);
  perform from public.task t where t.task_id = any (tasks) order by t.task_id for no key update;
  perform from public.pool_item p where p.item_id = any (saved || returned)
  order by p.item_id for no key update;

  with place as materialized (
    select p.item_id, c.state as was, coalesce(c.points, o.points_per_item) as points,
      p.is_gold and p.state = 'resolved' or p.state = 'open'
        and (c.state = 'leased' or p.answers + p.leases < p.slots) as counts,
      c.answered_at is null as is_first
    from public.pool_item p
    join public.pool o on o.project_id = p.project_id
    left join public.claim c on c.item_id = p.item_id and c.account_id = its.account_id
    where p.item_id = any (saved) and c.state is distinct from 'counted'
  ), written as (
    insert into public.claim as c (
      item_id, account_id, organization_id, project_id, assignment_id, state, points, answered_at,
      seconds)
    select l.item_id, its.account_id, its.organization_id, its.project_id, assignment,
      case when l.counts then 'counted' else 'surplus' end::public.claim_state, l.points, now(),
      (select s.seconds from unnest(answered, given_seconds) as s (item_id, seconds)
       where s.item_id = l.item_id limit 1)
    from place l
    order by l.item_id
    on conflict (item_id, account_id) do update
      set state = excluded.state, answered_at = coalesce(c.answered_at, excluded.answered_at),
        seconds = coalesce(excluded.seconds, c.seconds)
  ), filled as (
    update public.pool_item p
    set answers = p.answers + l.counts::integer,
      leases = p.leases - (l.was is not distinct from 'leased')::integer,
      -- An answer to gold, or a surplus answer to a resolved item, is paid in the next batch, if it
      -- is right.
      is_settled = p.is_settled and not (p.state = 'resolved' and l.was is distinct from 'surplus')
    from place l where p.item_id = l.item_id
  ), new as (
    select l.item_id, l.points, l.counts from place l where l.is_first
  ), promised as (
    insert into public.points_entry (
      account_id, organization_id, project_id, item_id, kind, points, earned_on)
    select its.account_id, its.organization_id, its.project_id, n.item_id, 'provisional',
      n.points, today
    from new n where n.counts and n.points > 0
  ), summed as (
    select count(*) as labeled, coalesce(sum(n.points) filter (where n.counts), 0) as points
    from new n
  ), in_day as (
    insert into public.points_day as d (
      account_id, day, project_id, organization_id, provisional, labeled)
    select its.account_id, today, its.project_id, its.organization_id, s.points, s.labeled
    from summed s where s.labeled > 0
    on conflict (account_id, day, project_id) do update
      set provisional = d.provisional + excluded.provisional,
        labeled = d.labeled + excluded.labeled
  )
  insert into public.points_total as t (account_id, provisional, labeled)
  select its.account_id, s.points, s.labeled from summed s where s.labeled > 0
  on conflict (account_id) do update
    set provisional = t.provisional + excluded.provisional, labeled = t.labeled + excluded.labeled;

  if cardinality(returned) > 0 then
    -- An exclusion or a decision may have ended some of these leases before the locks.
    with ended as (
      update public.claim c set state = 'returned'
      where c.account_id = its.account_id and c.item_id = any (returned) and c.state = 'leased'
      returning c.item_id
    )
    update public.pool_item p set leases = p.leases - 1 from ended e where p.item_id = e.item_id;
    perform public.promote_surplus(returned);
  end if;
  if ending is not null then
    update public.assignment a set state = ending,
      answered = case when a.lease_expires_at is null then a.answered else n.number end,
      item_count = case when a.lease_expires_at is null then a.item_count else n.number end
    from (
      select count(*) as number from public.claim c
      where c.assignment_id = assignment and c.state <> 'returned') n
    where a.assignment_id = assignment;
  end if;
  perform public.recount_tasks(tasks);
  return array(
    select p.item_id from public.pool_item p
    join public.pool o on o.project_id = p.project_id
    where p.item_id = any (saved || returned) and p.state = 'open'
      and p.answers >= least(o.min_labels, p.slots)
    order by p.item_id);
end $function$
;
CREATE OR REPLACE FUNCTION public.count_request(account uuid, kinds text[])
 RETURNS TABLE(used integer, seconds double precision)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  moment timestamptz := clock_timestamp();
begin
  return query
    insert into public.request_count as c (bucket, ends_at, used)
    select public.throttle_bucket('requests', k.kind || ' ' || account),
      moment + interval '1 minute', 1
    from unnest(kinds) with ordinality as k (kind, place)
    on conflict on constraint request_count_pkey do update set
      used = case when c.ends_at <= moment then 1 else c.used + 1 end,
      ends_at = case when c.ends_at <= moment then excluded.ends_at else c.ends_at end
    returning c.used, extract(epoch from c.ends_at - moment)::double precision;
end $function$
;
CREATE OR REPLACE FUNCTION public.decide_report(report uuid, decision report_state, seen report_state)
 RETURNS TABLE(outcome text, changed uuid[])
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  its public.task_report;
  items uuid[];
  tasks uuid[];
begin
  changed := '{}';
  select r.* into its from public.task_report r
  where r.task_report_id = report
    and coalesce(r.organization_id = any (public.scope_organizations()), true)
    and public.role_in(r.organization_id) is not null
  for no key update;
  outcome := case
    when not found then 'unknown'
    when its.state = decision then 'same'
    when its.state <> seen then 'changed'
    else 'done' end;
  if outcome <> 'done' then
    return next;
    return;
  end if;
  items := array(
    select i.item_id from public.task_item i
    where i.task_id = its.task_id and (its.item_id is null or i.item_id = its.item_id)
    order by i.item_id);
  perform from public.item i where i.item_id = any (items) order by i.item_id for no key update;
  tasks := array(
    select distinct p.task_id from public.pool_item p
    where p.item_id = any (items) and p.task_id is not null
    order by 1);
  perform from public.task t where t.task_id = any (tasks) order by t.task_id for no key update;
  perform from public.pool_item p where p.item_id = any (items)
  order by p.item_id for no key update;
  update public.task_report r
  set state = decision, decided_by = public.scope_account(), decided_at = now()
  where r.task_report_id = report;
  if decision = 'upheld' then
    with gone as (
      update public.item i
      set state_before = i.state, state = 'excluded', excluded_because = 'reported'
      where i.item_id = any (items) and i.state <> 'excluded'
      returning i.item_id
    )
    select coalesce(array_agg(g.item_id order by g.item_id), '{}') into changed from gone g;
    perform public.compensate(items);
    update public.pool_item p set is_settled = true
    where p.item_id = any (items) and not p.is_settled;
  else
    with back as (
      update public.item i
      set state = coalesce(i.state_before, 'ready'), excluded_because = null, state_before = null
      where i.item_id = any (items) and i.excluded_because = 'reported'
        and not public.has_report(i.item_id, i.project_id, 'upheld')
      returning i.item_id
    )
    select coalesce(array_agg(b.item_id order by b.item_id), '{}') into changed from back b;
    -- The answers to an item that was resolved are judged again.
    update public.pool_item p set is_settled = false
    where p.item_id = any (changed) and p.state = 'resolved';
    update public.pool_item p
    set state = case when p.is_gold then 'resolved' else 'open' end::public.pool_item_state,
      is_settled = p.is_settled and not p.is_gold,
      slots = greatest(o.max_labels, p.answers + p.leases)
    from public.pool o
    where o.project_id = p.project_id and p.item_id = any (items) and p.state = 'held'
      and not public.has_report(p.item_id, p.project_id, 'open');
    perform public.promote_surplus(items);
    perform public.recount_tasks(tasks);
  end if;
  return next;
end $function$
;
CREATE OR REPLACE FUNCTION public.delete_account(account uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  owned uuid;
begin
  -- Organizations are locked before the account, as when members are added or removed.
  perform from public.organization o
  where o.organization_id in (select m.organization_id from public.membership m
    where m.account_id = account and m.role = 'owner')
  order by o.organization_id for no key update;
  if not public.change_account(account, null, null, null, false, null) then return false; end if;
  -- An organization that has other members must keep an owner.
  for owned in
    select m.organization_id from public.membership m
    where m.account_id = account and m.role = 'owner'
  loop
    if exists (
      select from public.membership m join public.account a on a.account_id = m.account_id
      where m.organization_id = owned and m.account_id <> account and a.is_active)
    then
      perform public.expect_owner(owned, account);
    end if;
  end loop;
  -- Nobody else can have this name, because a username contains no colon.
  update public.account a set
    username = 'deleted:' || a.account_id, email = null, full_name = null, password_hash = '!',
    deleted_at = now()
  where a.account_id = account;
  update public.api_key k set revoked_at = now()
  where k.account_id = account and k.revoked_at is null;
  update public.session s set device = null, address = null where s.account_id = account;
  -- The person may sign in again with another issuer's token, as a new account.
  delete from public.external_identity i where i.account_id = account;
  return true;
end $function$
;
CREATE OR REPLACE FUNCTION public.drop_letter(letter uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  delete from public.letter l where l.letter_id = $1
$function$
;
CREATE OR REPLACE FUNCTION public.drop_roles()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  delete from public.project_member p where p.account_id = new.account_id;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.end_invitations()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  update public.invitation i set revoked_at = now()
  from public.account a
  where a.account_id = coalesce(new.account_id, old.account_id)
    and (tg_op = 'DELETE' or a.email_verified_at is not null)
    and i.organization_id = coalesce(new.organization_id, old.organization_id)
    and lower(i.email) = lower(a.email) and i.accepted_at is null and i.revoked_at is null;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.expect_invitation(hash bytea)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  found_invitation public.invitation;
  state text := 'unknown';
begin
  perform public.lock_invitation(hash);
  -- The organization before the invitation, as a new invitation to the address locks them.
  perform from public.organization o
  where o.organization_id in (
    select i.organization_id from public.invitation i
    where i.token_hash = hash or i.letter_hash = hash)
  for no key update;
  select i.* into found_invitation from public.invitation i
  where i.token_hash = hash or i.letter_hash = hash for update;
  if found then state := public.invitation_state(found_invitation); end if;
  if state is not null then
    raise check_violation using constraint = 'sign_up_invitation', message = state;
  end if;
end $function$
;
CREATE OR REPLACE FUNCTION public.expect_open_sign_up()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from public.site_limits l where l.sign_up_is_open for share;
  if not found then
    raise check_violation using constraint = 'sign_up_by_invitation',
      message = 'new accounts need an invitation';
  end if;
end $function$
;
CREATE OR REPLACE FUNCTION public.expect_owner(organization uuid, account uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if not exists (
    select from public.membership m join public.account a on a.account_id = m.account_id
    where m.organization_id = organization and m.account_id <> account and m.role = 'owner'
      and a.is_active)
  then
    raise check_violation using constraint = 'organization_last_owner',
      message = 'the organization needs an owner';
  end if;
end $function$
;
CREATE OR REPLACE FUNCTION public.fill_pool(project uuid, most integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  settings public.pool;
  items uuid[];
begin
  select * into settings from public.pool o
  where o.project_id = project
    and (session_user <> 'assay_app'
      or coalesce(o.organization_id = any (public.scope_organizations()), true))
  for update;
  if not found or settings.state <> 'open' or settings.is_filled then return false; end if;
  items := array(
    select i.item_id from public.item i
    where i.project_id = project and (settings.filled_to is null or i.item_id > settings.filled_to)
    order by i.item_id limit most);
  -- Tasks are locked before items of the pool.
  perform from public.task t
  where t.task_id in (select p.task_id from public.pool_item p where p.item_id = any (items))
  order by t.task_id for no key update;
  insert into public.pool_item as p (
    item_id, organization_id, project_id, slots, is_gold, state, is_settled)
  select i.item_id, i.organization_id, i.project_id, settings.max_labels, g.item_id is not null,
    case when g.item_id is null then 'open' else 'resolved' end::public.pool_item_state,
    g.item_id is null
  from public.item i left join public.gold_item g on g.item_id = i.item_id
  where i.item_id = any (items) and i.state <> 'excluded'
  order by i.item_id
  on conflict (item_id) do update
    set slots = greatest(excluded.slots, p.answers + p.leases)
    where p.state = 'open' and p.slots <> greatest(excluded.slots, p.answers + p.leases);
  -- The first answer of each person counts while there are slots.
  with counted as (
    insert into public.claim (
      item_id, account_id, organization_id, project_id, assignment_id, state, points, claimed_at,
      answered_at)
    select n.item_id, n.account_id, n.organization_id, n.project_id, n.assignment_id, 'surplus',
      settings.points_per_item, n.created_at, n.created_at
    from public.annotation n
    join public.assignment a on a.assignment_id = n.assignment_id
    join public.pool_item p on p.item_id = n.item_id
    where n.item_id = any (items) and n.revision = 1 and settings.answer <> 'text'
      and a.state in ('submitted', 'accepted')
    on conflict (item_id, account_id) do nothing
    returning account_id, (answered_at at time zone 'UTC')::date as day
  ), in_day as (
    insert into public.points_day as d (account_id, day, project_id, organization_id, labeled)
    select c.account_id, c.day, project, settings.organization_id, count(*)
    from counted c group by c.account_id, c.day order by c.account_id, c.day
    on conflict (account_id, day, project_id) do update set labeled = d.labeled + excluded.labeled
  )
  insert into public.points_total as t (account_id, labeled)
  select c.account_id, count(*) from counted c group by c.account_id order by c.account_id
  on conflict (account_id) do update set labeled = t.labeled + excluded.labeled;
  perform public.promote_surplus(items);
  perform public.recount_tasks(array(
    select distinct p.task_id from public.pool_item p
    where p.item_id = any (items) and p.task_id is not null));
  update public.pool o set filled_to = coalesce(items[cardinality(items)], o.filled_to),
    is_filled = cardinality(items) < most
  where o.project_id = project;
  return cardinality(items) = most;
end $function$
;
CREATE OR REPLACE FUNCTION public.find_account(login text)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select a.account_id from public.account a
  where position('@' in $1) = 0 and lower(a.username) = lower($1) and a.is_active
  union all
  select a.account_id from public.account a
  where position('@' in $1) > 0 and lower(a.email) = lower($1)
    and a.email_verified_at is not null and a.is_active
$function$
;
CREATE OR REPLACE FUNCTION public.find_gold_task(account uuid, project uuid)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  start double precision := random();
  chosen uuid;
begin
  for half in 1..2 loop
    select p.task_id into chosen
    from public.gold_item g
    join public.pool_item p on p.item_id = g.item_id and p.is_gold and p.state = 'resolved'
    where g.project_id = project and p.task_id is not null
      and case half when 1 then g.lottery >= start else g.lottery < start end
      and not exists (
        select from public.claim c
        where c.item_id = g.item_id and c.account_id = account and c.state <> 'returned')
      and not exists (
        select from public.annotation n where n.item_id = g.item_id and n.account_id = account)
      and not exists (
        select from public.assignment a
        where a.task_id = p.task_id and a.account_id = account and a.state <> 'expired')
    order by g.lottery limit 1;
    exit when chosen is not null;
  end loop;
  select t.task_id into chosen from public.task t where t.task_id = chosen
  for no key update skip locked;
  return chosen;
end $function$
;
CREATE OR REPLACE FUNCTION public.find_task(account uuid, project uuid, tried uuid[])
 RETURNS uuid
 LANGUAGE sql
 SECURITY DEFINER
 SET enable_nestloop TO 'off'
 SET enable_hashjoin TO 'off'
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select t.task_id from public.task t
  where t.project_id = project and t.in_pool and t.open_slots > 0 and t.task_id <> all (tried)
    and not exists (
      select from public.assignment a
      where a.task_id = t.task_id and a.account_id = account and a.state <> 'expired')
  order by t.task_id limit 1
  for no key update of t skip locked
$function$
;
CREATE OR REPLACE FUNCTION public.follow_item()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  its_task uuid;
begin
  -- Uploads of unopened projects and their items end here.
  if not exists (select from public.pool o where o.project_id = new.project_id) then
    return null;
  end if;
  select p.task_id into its_task from public.pool_item p where p.item_id = new.item_id;
  if its_task is null then
    -- It may become part of a task at this moment.
    perform from public.pool o where o.project_id = new.project_id for share;
    select p.task_id into its_task from public.pool_item p where p.item_id = new.item_id;
  end if;
  perform from public.task t where t.task_id = its_task for no key update;
  if new.state = 'excluded' then
    update public.pool_item p set state = 'excluded', leases = 0
    where p.item_id = new.item_id and p.state <> 'excluded';
    -- Another transaction may be saving an answer: it is awaited, and the next statement sees it.
    perform from public.claim c where c.item_id = new.item_id and c.state = 'leased'
    order by c.account_id for no key update;
    -- Without a time of the answer: it is counted as given when it is sent, or settled.
    update public.claim c set
      state = case when exists (
          select from public.annotation n
          where n.item_id = c.item_id and n.account_id = c.account_id)
        then 'surplus' else 'returned' end::public.claim_state
    where c.item_id = new.item_id and c.state = 'leased';
  else
    insert into public.pool_item as p (item_id, organization_id, project_id, slots)
    select new.item_id, new.organization_id, new.project_id, o.max_labels
    from public.pool o where o.project_id = new.project_id
    on conflict (item_id) do update set
      slots = greatest(excluded.slots, p.answers + p.leases),
      state = case
        when exists (
          select from public.item_label l where l.item_id = p.item_id and l.state = 'resolved')
          then 'resolved'
        when public.has_report(p.item_id, p.project_id, 'open') then 'held'
        else 'open' end::public.pool_item_state
    where p.state = 'excluded';
    perform public.promote_surplus(array[new.item_id]);
  end if;
  perform public.recount_tasks(array[its_task]);
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.follow_new_items()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.pool_item (item_id, organization_id, project_id, slots)
  select n.item_id, n.organization_id, n.project_id, o.max_labels
  from new_items n join public.pool o on o.project_id = n.project_id
  where n.state <> 'excluded'
  order by n.item_id
  on conflict do nothing;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.give_organization(account uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  home uuid := public.uuid_v7();
begin
  insert into public.organization (organization_id, name)
  select home, a.username from public.account a where a.account_id = account;
  insert into public.membership (organization_id, account_id, role) values (home, account, 'owner');
  update public.account a set organization_id = home where a.account_id = account;
end $function$
;
CREATE OR REPLACE FUNCTION public.gold_deficit(account uuid, settings pool)
 RETURNS double precision
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  labeled bigint;
  gold bigint;
begin
  if settings.gold_rate = 0 or not exists (
    select from public.gold_item g where g.project_id = settings.project_id)
  then
    return 0;
  end if;
  select coalesce(sum(d.labeled), 0) into labeled from public.points_day d
  where d.account_id = account and d.project_id = settings.project_id;
  select count(*) into gold from public.gold_item g
  join public.claim c on c.item_id = g.item_id and c.account_id = account
  where g.project_id = settings.project_id and c.state <> 'returned';
  return greatest(0, settings.gold_rate * (labeled + settings.items_per_task) - gold);
end $function$
;
CREATE OR REPLACE FUNCTION public.guessed(account uuid, login text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select coalesce('account ' || $1, 'name ' || lower($2))
$function$
;
CREATE OR REPLACE FUNCTION public.has_report(item uuid, project uuid, wanted report_state)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select exists (
      select from public.task_report r
      where r.item_id = item and r.state <> 'dismissed' and r.state = wanted)
    or exists (
      select from public.task_report r
      where r.project_id = project and r.item_id is null and r.state <> 'dismissed'
        and r.state = wanted
        and exists (
          select from public.task_item t where t.task_id = r.task_id and t.item_id = item
          offset 0))
$function$
;
CREATE OR REPLACE FUNCTION public.heal_blob(sha256 bytea)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  update public.blob b
  set damaged_at = null,
    -- Previews that could not be made of the damaged file are tried again.
    previewed_at = case when b.preview_fault is null then b.previewed_at end,
    preview_fault = null
  where b.sha256 = heal_blob.sha256 and b.damaged_at is not null
$function$
;
CREATE OR REPLACE FUNCTION public.heal_stored_blob()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform public.heal_blob(new.sha256);
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.hide_name(hidden boolean)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  update public.account a set is_anonymous = hidden, updated_at = now()
  where a.account_id = public.scope_account() and a.is_anonymous <> hidden
$function$
;
CREATE OR REPLACE FUNCTION public.hold_blob(organization_id uuid, sha256 bytea)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
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
CREATE OR REPLACE FUNCTION public.identity_claims(issuer text, subject text)
 RETURNS TABLE(account_id uuid, role account_role, organization_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select a.account_id, a.role, a.organization_id
  from public.external_identity i join public.account a on a.account_id = i.account_id
  where i.issuer = $1 and i.subject = $2 and a.is_active
$function$
;
CREATE OR REPLACE FUNCTION public.invitation_state(invitation invitation)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select case
    when ($1).accepted_at is not null then 'used'
    when ($1).revoked_at is not null and exists (
        select from public.invitation n
        where n.organization_id = ($1).organization_id and lower(n.email) = lower(($1).email)
          and n.created_at > ($1).created_at)
      then 'replaced'
    when ($1).revoked_at is not null then 'revoked'
    when ($1).expires_at <= now() then 'expired'
    when not exists (
        select from public.account a
        left join public.membership m
          on m.account_id = a.account_id and m.organization_id = ($1).organization_id
        where a.account_id = ($1).invited_by and a.is_active
          and (a.role in ('admin', 'universal') or m.role = 'owner'
            or m.role = 'admin' and ($1).role <> 'owner'))
      then 'unfounded'
  end
$function$
;
CREATE OR REPLACE FUNCTION public.is_barred(account uuid, project uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  return exists (
      select from public.assignment a
      where a.account_id = account and a.project_id = project and a.withdrawn_at is not null)
    and not exists (
      select from public.project_member m
      where m.account_id = account and m.project_id = project);
end $function$
;
CREATE OR REPLACE FUNCTION public.is_known_network(account uuid, address text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select exists (
    select from public.known_network k
    where k.account_id = $1 and k.network = public.network_of($1, public.sign_in_address($2))
      and k.seen_at > now() - (select l.known_network_age from public.site_limits l))
$function$
;
CREATE OR REPLACE FUNCTION public.is_open_pool(project uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select exists (select from public.pool o where o.project_id = project and o.state = 'open')
    and not public.is_barred(public.scope_account(), project)
$function$
;
CREATE OR REPLACE FUNCTION public.join_by_invitation(account uuid, hash bytea)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  caller text := coalesce(current_setting('assay.account', true), '');
  visible text := coalesce(current_setting('assay.organizations', true), '');
  joined uuid;
begin
  perform set_config('assay.account', account::text, true),
    set_config('assay.organizations', a.organizations::text, true)
  from public.account a where a.account_id = account;
  select u.organization into joined from public.use_invitation(hash) u where u.outcome = 'joined';
  perform set_config('assay.account', caller, true),
    set_config('assay.organizations', visible, true);
  if joined is null then
    raise check_violation using constraint = 'sign_up_invitation', message = 'unfounded';
  end if;
  return joined;
end $function$
;
CREATE OR REPLACE FUNCTION public.key_claims(secret_hash bytea)
 RETURNS TABLE(account_id uuid, role account_role, organization_id uuid, scopes text[])
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  -- Written once a minute, so that not every request writes; `skip locked`, so that two requests at
  -- once do not wait for each other.
  update public.api_key k set last_used_at = now()
  where k.api_key_id = (
    select w.api_key_id from public.api_key w
    where w.secret_hash = key_claims.secret_hash
      and (w.last_used_at is null or w.last_used_at < now() - interval '1 minute')
      and w.revoked_at is null and (w.expires_at is null or w.expires_at > now())
    for no key update skip locked);
  return query
    select a.account_id, a.role, a.organization_id, k.scopes
    from public.api_key k join public.account a on a.account_id = k.account_id
    where k.secret_hash = key_claims.secret_hash and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now()) and a.is_active;
end $function$
;
CREATE OR REPLACE FUNCTION public.keys_retired(account uuid)
 RETURNS bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select count(*) from public.api_key k where k.account_id = $1 and k.revoked_at = now()
$function$
;
CREATE OR REPLACE FUNCTION public.labeler_name(assignment uuid)
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select p.username from public.assignment a
  join public.account p on p.account_id = a.account_id
  where a.assignment_id = $1
    and coalesce(a.organization_id = any (public.scope_organizations()), true)
$function$
;
CREATE OR REPLACE FUNCTION public.leaderboard(project uuid, since date, size bigint, skipped bigint)
 RETURNS TABLE(rank bigint, username text, points bigint, labeled bigint, settled bigint, correct bigint)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET plan_cache_mode TO 'force_custom_plan'
 SET work_mem TO '32MB'
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  most bigint;
  least bigint;
  before bigint;
begin
  if public.scope_account() is null
    or (project is not null and not public.shows_leaderboard(project))
  then
    return;
  end if;
  -- The most and the least points of the part are found first, so that few names are looked up.
  if project is null and since is null then
    select t.points into most from public.points_total t
    order by t.points desc limit 1 offset skipped;
    select t.points into least from public.points_total t
    order by t.points desc limit 1 offset skipped + size - 1;
    select count(*) into before from public.points_total t where t.points > most;
    return query
    select before + rank() over (order by t.points desc), n.name, t.points, t.labeled, t.settled,
      t.correct
    from public.points_total t
    join public.account a on a.account_id = t.account_id
    cross join lateral (
      select case when a.is_anonymous or a.deleted_at is not null then 'anonymous'
        else a.username end as name) n
    where t.points <= most and (least is null or t.points >= least)
    order by t.points desc, n.name, t.account_id
    limit size offset skipped - before;
    return;
  end if;
  return query
  with placed as materialized (
    select s.*, rank() over w as rank, row_number() over w as place
    from public.points_sums(project, since) s
    window w as (order by s.points desc)
  ), part as (
    select max(p.points) as most, min(p.points) as least, min(p.rank) - 1 as before
    from placed p where p.place > skipped and p.place <= skipped + size
  )
  select p.rank, n.name, p.points, p.labeled, p.settled, p.correct
  from placed p
  join part on p.points between part.least and part.most
  join public.account a on a.account_id = p.account_id
  cross join lateral (
    select case when a.is_anonymous or a.deleted_at is not null then 'anonymous'
      else a.username end as name) n
  order by p.points desc, n.name, p.account_id
  limit size offset skipped - (select part.before from part);
end $function$
;
CREATE OR REPLACE FUNCTION public.leaderboard_place(project uuid, since date)
 RETURNS TABLE(rank bigint, points bigint, labeled bigint, settled bigint, correct bigint)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if project is not null and not public.shows_leaderboard(project) then return; end if;
  if project is null and since is null then
    return query
    select public.points_rank(t.points), t.points, t.labeled, t.settled, t.correct
    from public.points_total t where t.account_id = public.scope_account();
    return;
  end if;
  return query
  with summed as (select * from public.points_sums(project, since))
  select (select 1 + count(*) from summed o where o.points > s.points), s.points, s.labeled,
    s.settled, s.correct
  from summed s where s.account_id = public.scope_account();
end $function$
;
CREATE OR REPLACE FUNCTION public.lease_items(task uuid, account uuid, settings pool, most_gold integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  free uuid[];
  its_assignment uuid;
begin
  free := array(
    select p.item_id from public.pool_item p
    where p.task_id = task
      and (not p.is_gold or most_gold is null or p.item_id in (
        select g.item_id from public.pool_item g
        where g.task_id = task and g.is_gold and not exists (
          select from public.claim c
          where c.item_id = g.item_id and c.account_id = account and c.state <> 'returned')
        order by random() limit most_gold))
      and (p.state = 'open' and p.answers + p.leases < p.slots
        or p.is_gold and p.state = 'resolved')
      and not exists (
        select from public.annotation n where n.item_id = p.item_id and n.account_id = account)
      and not exists (
        select from public.claim c
        where c.item_id = p.item_id and c.account_id = account and c.state <> 'returned')
    order by p.item_id
    for no key update of p);
  if cardinality(free) = 0 then
    -- The number in the task was too high when its items left the pool.
    perform public.recount_tasks(array[task]);
    return false;
  end if;
  insert into public.assignment as a (
    assignment_id, task_id, organization_id, account_id, project_id, schema_id, title,
    project_title, item_count, state, lease_expires_at)
  select public.uuid_v7(), t.task_id, t.organization_id, account, t.project_id, t.schema_id,
    t.title, o.title, cardinality(free), 'leased',
    now() + settings.lease_seconds * interval '1 second'
  from public.task t join public.project o on o.project_id = t.project_id
  where t.task_id = task
  on conflict on constraint assignment_once_per_person do update
    set state = 'leased', lease_expires_at = excluded.lease_expires_at, withdrawn_at = null,
      item_count = a.answered + excluded.item_count
  returning a.assignment_id into its_assignment;
  with given as (
    insert into public.claim as c (
      item_id, account_id, organization_id, project_id, assignment_id, state, points)
    select item_id, account, settings.organization_id, settings.project_id, its_assignment,
      'leased', settings.points_per_item
    from unnest(free) as given (item_id)
    on conflict (item_id, account_id) do update
      set state = 'leased', assignment_id = excluded.assignment_id, points = excluded.points,
        claimed_at = now()
      where c.state = 'returned'
    returning c.item_id
  )
  update public.pool_item p set leases = p.leases + 1 from given g where p.item_id = g.item_id;
  perform public.recount_tasks(array[task]);
  insert into public.project_member (project_id, organization_id, account_id, role)
  values (settings.project_id, settings.organization_id, account, 'labeler')
  on conflict do nothing;
  perform public.refresh_scope(account);
  return true;
end $function$
;
CREATE OR REPLACE FUNCTION public.leave()
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select set_config('assay.account', '', false),
         set_config('assay.organizations', '', false)
$function$
;
CREATE OR REPLACE FUNCTION public.lock_accounts(changed uuid, used uuid DEFAULT NULL::uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  caller uuid := public.scope_account();
  one record;
begin
  for one in
    select v.account, bool_or(v.is_changed) as is_changed
    from (values (changed, true), (caller, false), (used, false)) as v (account, is_changed)
    where v.account is not null
    group by v.account order by v.account
  loop
    if one.is_changed then
      perform from public.account a where a.account_id = one.account for no key update;
    else
      perform from public.account a where a.account_id = one.account for share;
    end if;
  end loop;
  if caller is null then return; end if;
  -- The caller's rights may have changed while this waited: then the application tries again, as
  -- after `admit`.
  select concat_ws(' ', a.role, a.organization_id) as claims,
    case when a.role in ('admin', 'universal') then '*' else a.organizations::text end as scope
  into one
  from public.account a where a.account_id = caller and a.is_active;
  if not found then raise exception 'the account is deactivated' using errcode = 'AS401'; end if;
  if one.scope is distinct from current_setting('assay.organizations', true) then
    raise exception '%', one.claims using errcode = 'AS403';
  end if;
end $function$
;
CREATE OR REPLACE FUNCTION public.lock_invitation(hash bytea)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  inviter uuid;
begin
  select i.invited_by into inviter from public.invitation i
  where i.token_hash = hash or i.letter_hash = hash;
  perform public.lock_accounts(public.scope_account(), inviter);
end $function$
;
CREATE OR REPLACE FUNCTION public.make_key(key uuid, session uuid, name text, scopes text[], secret_hash bytea, days integer)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  made timestamptz;
begin
  perform from public.account a
  where a.account_id = public.scope_account() and a.is_active for no key update;
  if not found or session is not null and not exists (
    select from public.session s
    where s.session_id = session and s.account_id = public.scope_account()
      and s.ended_at is null and s.expires_at > now())
  then
    raise exception 'the session has ended' using errcode = 'AS401';
  end if;
  if (select count(*) from public.api_key k
    where k.account_id = public.scope_account() and k.revoked_at is null)
    >= (select l.api_keys from public.site_limits l)
  then
    raise check_violation using constraint = 'api_key_most_per_account',
      message = 'the account has the maximum number of keys';
  end if;
  insert into public.api_key (api_key_id, account_id, name, scopes, secret_hash, expires_at)
  values (
    key, public.scope_account(), make_key.name, make_key.scopes, make_key.secret_hash,
    now() + days * interval '1 day')
  returning created_at into made;
  return made;
end $function$
;
CREATE OR REPLACE FUNCTION public.make_key(key uuid, session uuid, name text, scopes text[], secret_hash bytea, days integer, most integer)
 RETURNS timestamp with time zone
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select public.make_key($1, $2, $3, $4, $5, $6)
$function$
;
CREATE OR REPLACE FUNCTION public.make_organization(organization uuid, name text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  most bigint;
  held bigint;
begin
  -- When two are made at once, the second waits here and counts the first.
  perform from public.account a where a.account_id = public.scope_account() for no key update;
  if not public.runs_site() then
    select l.organizations into most from public.site_limits l;
    -- Organizations that others made the caller an owner of without asking do not count.
    select count(*) into held
    from (
      select o.organization_id from public.organization o
      where o.made_by = public.scope_account()
      union
      select m.organization_id from public.membership m
      where m.account_id = public.scope_account() and m.role = 'owner' and m.has_agreed) own;
    if held >= most then
      raise check_violation using constraint = 'organization_most_per_account',
        message = 'the account has the maximum number of organizations';
    end if;
  end if;
  insert into public.organization (organization_id, name, made_by)
  values (organization, make_organization.name, public.scope_account());
  insert into public.membership (organization_id, account_id, role)
  values (organization, public.scope_account(), 'owner');
  -- New work belongs to the first organization.
  update public.account a set organization_id = organization
  where a.account_id = public.scope_account() and a.organization_id is null;
end $function$
;
CREATE OR REPLACE FUNCTION public.make_reset(account uuid, token_hash bytea, expires_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if session_user = 'assay_app' and not public.runs_site() then
    raise insufficient_privilege;
  end if;
  perform from public.account a
  where a.account_id = account and a.is_active and a.deleted_at is null
  for no key update;
  if not found then return false; end if;
  insert into public.password_reset (token_hash, account_id, expires_at)
  values (make_reset.token_hash, account, make_reset.expires_at);
  return true;
end $function$
;
CREATE OR REPLACE FUNCTION public.may_appoint(organization uuid, wanted membership_role)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select case public.role_in($1)
    when 'owner' then true
    when 'admin' then $2 <> 'owner'
    else false
  end
$function$
;
CREATE OR REPLACE FUNCTION public.may_change_answer(project uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if not exists (
    select from public.pool o
    where o.project_id = project
      and coalesce(o.organization_id = any (public.scope_organizations()), true))
  then
    return false;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('pool ' || project, 0));
  return not exists (
    select from public.claim c where c.project_id = project and c.state <> 'returned');
end $function$
;
CREATE OR REPLACE FUNCTION public.may_lease(account uuid, settings pool)
 RETURNS text
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if settings.state <> 'open' then return 'closed'; end if;
  if public.is_barred(account, settings.project_id) then return 'barred'; end if;
  if exists (
    select from public.gold_bar b
    where b.project_id = settings.project_id and b.account_id = account)
  then
    return 'unskilled';
  end if;
  if settings.leases_per_person <= (
    select count(*) from public.assignment a
    where a.account_id = account and a.project_id = settings.project_id
      and a.lease_expires_at > now() and a.state in ('leased', 'in_progress')
      and exists (
        select from public.claim c where c.assignment_id = a.assignment_id and c.state = 'leased'))
  then
    return 'full';
  end if;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.may_write_to(address text)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select public.throttle_take('letter', public.throttle_bucket('letter', lower($1))) = 0
$function$
;
CREATE OR REPLACE FUNCTION public.network_of(account uuid, network bytea)
 RETURNS bytea
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select sha256(uuid_send($1) || $2)
$function$
;
CREATE OR REPLACE FUNCTION public.normalize_class()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if getdatabaseencoding() = 'UTF8' then
    new.key := normalize(new.key, nfc);
    new.name := normalize(new.name, nfc);
  end if;
  return new;
end $function$
;
CREATE OR REPLACE FUNCTION public.normalize_schema()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if getdatabaseencoding() = 'UTF8' then
    new.keys := array(
      select normalize(given.key, nfc) from unnest(new.keys) with ordinality as given (key, place)
      order by given.place);
  end if;
  return new;
end $function$
;
CREATE OR REPLACE FUNCTION public.note_account_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if old.is_active and not new.is_active then
    perform public.retire_access(new.account_id, null);
  elsif old.email is distinct from new.email then
    -- Links were sent to the old address.
    perform public.retire_resets(new.account_id);
  end if;
  if old.role in ('admin', 'universal') and new.role not in ('admin', 'universal') then
    -- Otherwise they would have administrator rights again when the account gets the role back.
    update public.api_key k set revoked_at = now()
    where k.account_id = new.account_id and k.revoked_at is null and 'admin' = any (k.scopes);
  end if;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.note_address()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if new.deleted_at is not null then new.lost_email := null; end if;
  if lower(new.email) is not distinct from lower(old.email) then return new; end if;
  if new.email_verified_at is not distinct from old.email_verified_at then
    new.email_verified_at := null;
  end if;
  if new.email is not null then new.lost_email := null; end if;
  update public.password_reset r set used_at = coalesce(r.used_at, now()), email = null
  where r.account_id = new.account_id and r.email is not null;
  delete from public.email_verification v where v.account_id = new.account_id;
  return new;
end $function$
;
CREATE OR REPLACE FUNCTION public.note_forged_refresh(session uuid, address text, request_id text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  account uuid;
begin
  select s.account_id into account from public.session s
  where s.session_id = session and s.ended_at is null and s.expires_at > now();
  if not found then return; end if;
  if public.throttle_take(
    'forged-refresh', public.throttle_bucket('forged-refresh', account::text)) > 0
  then
    return;
  end if;
  perform public.audit(
    'session.forged', account, null, null, session::text, address,
    note_forged_refresh.request_id, null);
end $function$
;
CREATE OR REPLACE FUNCTION public.note_grant()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from public.account a where a.account_id = new.account_id for no key update;
  update public.account a
  set organizations = a.organizations || new.organization_id
  where a.account_id = new.account_id and new.organization_id <> all (a.organizations);
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.note_loss()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  -- A statement after the lock sees all that was committed before.
  perform from public.account a where a.account_id = old.account_id for no key update;
  update public.account a
  set organizations = array(
      select m.organization_id from public.membership m where m.account_id = old.account_id
      union
      select p.organization_id from public.project_member p where p.account_id = old.account_id),
    organization_id = case when a.organization_id is not null then (
      select m.organization_id from public.membership m where m.account_id = old.account_id
      order by m.organization_id = a.organization_id desc, m.created_at, m.organization_id limit 1)
      end
  where a.account_id = old.account_id;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.note_network(account uuid, address text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.known_network as k (account_id, network)
  select account, n.network
  from (
    select public.network_of(account, public.sign_in_address(address)) as network) n
  where n.network is not null
  on conflict on constraint known_network_pkey do update set seen_at = now()
    where k.seen_at < now() - interval '1 day';
  if not found then return; end if;
  delete from public.known_network k
  where k.account_id = account and k.network in (
    select o.network from public.known_network o where o.account_id = account
    order by o.seen_at desc, o.network
    offset (select l.known_networks from public.site_limits l));
end $function$
;
CREATE OR REPLACE FUNCTION public.note_new_address(letter uuid, account uuid, new_email text, origin text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  old public.account;
begin
  select a.* into old from public.account a
  where a.account_id = account and lower(a.email) is distinct from lower(new_email);
  if not found then return false; end if;
  if old.email_verified_at is not null and origin is not null
    and public.may_write_to(old.email)
  then
    insert into public.letter (letter_id, kind, account_id, origin, recipient)
    values (letter, 'address_changed', account, note_new_address.origin, old.email);
  end if;
  return true;
end $function$
;
CREATE OR REPLACE FUNCTION public.note_reset_network(account uuid, address text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from public.password_reset r where r.account_id = account and r.used_at = now();
  if found then perform public.note_network(account, address); end if;
end $function$
;
CREATE OR REPLACE FUNCTION public.offers_task(account uuid, project uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  few integer;
begin
  select l.near_tasks into few from public.site_limits l;
  return exists (
      select from (
        select n.task_id from public.task n
        where n.project_id = project and n.in_pool and n.open_slots > 0
        order by n.open_slots, n.lottery limit few
      ) near
      where not exists (
        select from public.assignment a
        where a.task_id = near.task_id and a.account_id = account and a.state <> 'expired'
        offset 0))
    or few <= (
      select count(*) from (
        select from public.task n
        where n.project_id = project and n.in_pool and n.open_slots > 0 limit few
      ) first);
end $function$
;
CREATE OR REPLACE FUNCTION public.open_session(session_id uuid, account_id uuid, refresh_hash bytea, expires_at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select public.open_session($1, $2, $3, $4, null, null)
$function$
;
CREATE OR REPLACE FUNCTION public.open_session(session_id uuid, account_id uuid, refresh_hash bytea, expires_at timestamp with time zone, address text, device text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  insert into public.session (
    session_id, account_id, refresh_hash, expires_at, address, device, last_used_at)
  values ($1, $2, $3, $4, $5, $6, now())
$function$
;
CREATE OR REPLACE FUNCTION public.own_pace(since timestamp with time zone)
 RETURNS TABLE(measured double precision, told double precision)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  with given as (
    select c.assignment_id, c.answered_at, min(c.claimed_at) as claimed_at, count(*) as number
    from public.claim c
    where c.account_id = public.scope_account() and c.answered_at >= since
      and c.state in ('counted', 'surplus')
    group by c.assignment_id, c.answered_at
  ), timed as (
    select g.number, extract(epoch from g.answered_at - greatest(g.claimed_at, coalesce(
        lag(g.answered_at) over (partition by g.assignment_id order by g.answered_at),
        g.claimed_at)))::double precision / g.number as seconds
    from given g
  )
  select
    (select percentile_cont(1 / 2.0) within group (order by t.seconds)
     from timed t, generate_series(1, t.number)
     -- An appointed labeler claims with the answer: there is nothing to measure.
     where t.seconds > 0),
    (select percentile_cont(1 / 2.0) within group (order by c.seconds::double precision)
     from public.claim c
     where c.account_id = public.scope_account() and c.answered_at >= since
       and c.state in ('counted', 'surplus') and c.seconds is not null)
$function$
;
CREATE OR REPLACE FUNCTION public.pack_items(tasks uuid[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  update public.task t set packed_items = packed.items
  from (
    select i.task_id,
      string_agg(
        uuid_send(i.item_id) || shown.sha256 || int2send(octet_length(b.mime)::int2)
          || convert_to(b.mime, 'UTF8'),
        '' order by i.position) as items
    from public.task_item i
    join public.item shown on shown.item_id = i.item_id
    join public.blob b
      on b.organization_id = shown.organization_id and b.sha256 = shown.sha256
    where i.task_id = any (tasks)
    group by i.task_id
  ) packed
  where t.task_id = packed.task_id
$function$
;
CREATE OR REPLACE FUNCTION public.pack_new_items()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform public.pack_items(array(select distinct n.task_id from new_items n));
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.pair_bucket(guessed text, address text)
 RETURNS bytea
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select public.throttle_bucket(
    'sign-in', $1 || ' from ' || coalesce(encode(public.sign_in_address($2), 'hex'), ''))
$function$
;
CREATE OR REPLACE FUNCTION public.points_rank(points bigint)
 RETURNS bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select 1 + count(*) from public.points_total t where t.points > points_rank.points
$function$
;
CREATE OR REPLACE FUNCTION public.points_sums(project uuid, since date)
 RETURNS TABLE(account_id uuid, points bigint, labeled bigint, settled bigint, correct bigint)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET plan_cache_mode TO 'force_custom_plan'
 SET work_mem TO '32MB'
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  return query
  select d.account_id, sum(d.points)::bigint, sum(d.labeled)::bigint, sum(d.settled)::bigint,
    sum(d.correct)::bigint
  from public.points_day d
  where (since is null or d.day >= since) and (project is null or d.project_id = project)
  group by d.account_id;
end $function$
;
CREATE OR REPLACE FUNCTION public.pool_lock(project uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('pool ' || project, 0));
end $function$
;
CREATE OR REPLACE FUNCTION public.promote_surplus(items uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  with waiting as (
    select c.item_id, c.account_id,
      row_number() over (partition by c.item_id order by c.answered_at, c.account_id)
        <= p.slots - p.answers - p.leases as counts
    from public.pool_item p
    join public.claim c on c.item_id = p.item_id and c.state = 'surplus'
    where p.item_id = any (items) and p.state = 'open' and p.answers + p.leases < p.slots
  ), counted as (
    update public.claim c set state = 'counted'
    from waiting w
    where w.counts and c.item_id = w.item_id and c.account_id = w.account_id
    returning c.item_id
  )
  update public.pool_item p set answers = p.answers + n.number
  from (select item_id, count(*) as number from counted group by item_id) n
  where p.item_id = n.item_id;
end $function$
;
CREATE OR REPLACE FUNCTION public.protect(target regclass)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  execute format('alter table %s enable row level security', target);
  execute format(
    'create policy tenant on %s to assay_app
       using (coalesce(organization_id = any ((select public.scope_organizations())::uuid[]), true))',
    target);
  execute format('create policy worker on %s to assay_worker using (true)', target);
end $function$
;
CREATE OR REPLACE FUNCTION public.prove_address(account uuid)
 RETURNS uuid[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  address text;
  losers uuid[];
begin
  select lower(a.email) into address from public.account a where a.account_id = account;
  if address is null then return null; end if;
  -- Before any row is locked, so that accounts verify one address one after the other.
  perform pg_advisory_xact_lock(hashtext('address ' || address));
  -- In the order of ids, as all transactions lock accounts.
  perform from public.account a
  where lower(a.email) = address order by a.account_id for no key update;
  if exists (
    select from public.account a
    where lower(a.email) = address and a.account_id <> account and a.email_verified_at is not null)
  then
    return null;
  end if;
  update public.account a
  set email_verified_at = coalesce(a.email_verified_at, now()), updated_at = now()
  where a.account_id = account and lower(a.email) = address;
  if not found then return null; end if;
  with lost as (
    update public.account a set email = null, lost_email = a.email, updated_at = now()
    where lower(a.email) = address and a.account_id <> account and a.email_verified_at is null
    returning a.account_id)
  select coalesce(array_agg(l.account_id), '{}') into losers from lost l;
  return losers;
end $function$
;
CREATE OR REPLACE FUNCTION public.prove_invited_address(hash bytea)
 RETURNS uuid[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from public.invitation i join public.account a on a.account_id = i.accepted_by
  where i.letter_hash = hash and i.accepted_by = public.scope_account()
    and lower(a.email) = lower(i.email) and a.email_verified_at is null;
  if not found then return null; end if;
  return public.prove_address(public.scope_account());
end $function$
;
CREATE OR REPLACE FUNCTION public.prove_reset_address(token_hash bytea)
 RETURNS uuid[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  reader uuid;
  losers uuid[];
begin
  select a.account_id into reader
  from public.password_reset r join public.account a on a.account_id = r.account_id
  where r.token_hash = prove_reset_address.token_hash and r.used_at is null
    and r.expires_at > now() and a.is_active and lower(r.email) = lower(a.email)
    and a.email_verified_at is null;
  if not found then return null; end if;
  losers := public.prove_address(reader);
  -- Somebody else may have made the account and claimed the address, so its keys end, too.
  update public.api_key k set revoked_at = now()
  where k.account_id = reader and k.revoked_at is null;
  return losers;
end $function$
;
CREATE OR REPLACE FUNCTION public.queue_invitation(letter uuid, invitation uuid, origin text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.letter (letter_id, kind, invitation_id, origin)
  select letter, 'invitation', i.invitation_id, queue_invitation.origin from public.invitation i
  where i.invitation_id = invitation
    and public.role_in(i.organization_id) in ('owner', 'admin')
    and public.may_write_to(i.email);
  return found;
end $function$
;
CREATE OR REPLACE FUNCTION public.recount_tasks(tasks uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  update public.task t set open_slots = c.open_slots, state = c.state
  from (
    select p.task_id,
      coalesce(max(p.slots - p.answers - p.leases) filter (where p.state = 'open'), 0) as open_slots,
      case
        when bool_or(p.state in ('open', 'held')) then 'open'
        when bool_or(p.state <> 'excluded') then 'done'
        else 'cancelled'
      end::public.task_state as state
    from public.pool_item p
    where p.task_id = any (tasks)
    group by p.task_id
  ) c
  where t.task_id = c.task_id and t.in_pool
    and (t.open_slots, t.state) is distinct from (c.open_slots, c.state);
end $function$
;
CREATE OR REPLACE FUNCTION public.refresh_scope(account uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if coalesce(current_setting('assay.organizations', true), '') = '*' then return; end if;
  perform set_config('assay.organizations', a.organizations::text, false)
  from public.account a where a.account_id = account;
end $function$
;
CREATE OR REPLACE FUNCTION public.refresh_session(session uuid, old_hash bytea, new_hash bytea, OUT account_id uuid, OUT username text, OUT email text, OUT role account_role, OUT organization_id uuid)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if exists (
    select from public.session s, unnest(s.replaced_hashes, s.replaced_at) r (hash, replaced_at)
    where s.session_id = refresh_session.session and s.ended_at is null
      and r.hash = old_hash and r.replaced_at > now() - interval '1 minute')
  then
    raise serialization_failure using message = 'another process has replaced the token';
  end if;
  select r.account_id, r.username, r.email, r.role, r.organization_id
  into refresh_session.account_id, refresh_session.username, refresh_session.email,
    refresh_session.role, refresh_session.organization_id
  from public.refresh_session(session, old_hash, new_hash, false, null, null) r;
end $function$
;
CREATE OR REPLACE FUNCTION public.refresh_session(session uuid, token_hash bytea, successor_hash bytea, is_issued boolean, address text, request_id text, OUT account_id uuid, OUT username text, OUT email text, OUT role account_role, OUT organization_id uuid)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  held public.session;
  limits public.site_limits;
  tokens bytea[];
  place integer;
  moment timestamptz;
  times timestamptz[];
  kept integer;
begin
  -- A forged token does not wait for the lock, and holds it against nobody.
  select * into held from public.session s
  where s.session_id = refresh_session.session
    and (is_issued or token_hash = s.refresh_hash or token_hash = any (s.replaced_hashes))
  for no key update;
  if not found then
    perform public.note_forged_refresh(session, address, request_id);
    return;
  end if;
  if held.ended_at is not null or held.expires_at <= now() then return; end if;
  select * into strict limits from public.site_limits;
  moment := clock_timestamp();
  -- The newest token has place 1; `replaced_at[n]` belongs to the token with place n + 1.
  tokens := array_prepend(held.refresh_hash, held.replaced_hashes);
  place := array_position(tokens, token_hash);
  if place = 1 then
    times := array_prepend(moment, held.replaced_at);
    -- A token is kept while its successor is unused, or was used a short time ago.
    kept := least(
      limits.kept_refresh_tokens,
      1 + (select count(*) from unnest(times) t where t > moment - limits.refresh_grace));
    update public.session s set
      refresh_hash = successor_hash, replaced_hashes = tokens[:kept], replaced_at = times[:kept],
      last_used_at = moment, address = coalesce(refresh_session.address, s.address)
    where s.session_id = held.session_id;
  elsif place = 2 or held.replaced_at[place - 2] > moment - limits.refresh_grace then
    -- The successor was made by an earlier version, or with another key: it cannot be repeated.
    if tokens[place - 1] <> successor_hash then return; end if;
  else
    update public.session s set ended_at = moment where s.session_id = held.session_id;
    perform public.audit(
      'session.reused', held.account_id, null, null, held.session_id::text,
      refresh_session.address, refresh_session.request_id, null);
    return;
  end if;
  select a.account_id, a.username, a.email, a.role, a.organization_id
  into refresh_session.account_id, refresh_session.username, refresh_session.email,
    refresh_session.role, refresh_session.organization_id
  from public.account a where a.account_id = held.account_id and a.is_active;
end $function$
;
CREATE OR REPLACE FUNCTION public.rehash_password(account uuid, old_hash text, new_hash text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  update public.account a set password_hash = $3
  where a.account_id = $1 and a.password_hash = $2
$function$
;
CREATE OR REPLACE FUNCTION public.release_item()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
end $function$
;
CREATE OR REPLACE FUNCTION public.remove_member(organization uuid, account uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  old public.membership_role;
begin
  perform public.lock_accounts(account);
  perform from public.organization o where o.organization_id = organization for no key update;
  select m.role into old from public.membership m
  where m.organization_id = organization and m.account_id = account;
  if not found then return false; end if;
  if account is distinct from public.scope_account()
    and not public.may_appoint(organization, old)
  then
    raise insufficient_privilege;
  end if;
  if old = 'owner' then perform public.expect_owner(organization, account); end if;
  delete from public.membership m
  where m.organization_id = organization and m.account_id = account;
  delete from public.project_member p
  where p.organization_id = organization and p.account_id = account;
  return true;
end $function$
;
CREATE OR REPLACE FUNCTION public.rename_assignments()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform from public.assignment a where a.project_id = new.project_id
  order by a.assignment_id for no key update;
  update public.assignment a set project_title = new.title where a.project_id = new.project_id;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.rename_organization(organization uuid, name text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  update public.organization o set name = $2
  where o.organization_id = $1 and public.role_in($1) in ('owner', 'admin')
$function$
;
CREATE OR REPLACE FUNCTION public.replace_invitation()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  -- The second of two that are made at once waits here, and then sees the first.
  perform from public.organization o
  where o.organization_id = new.organization_id for no key update;
  update public.invitation i set revoked_at = now()
  where i.organization_id = new.organization_id and lower(i.email) = lower(new.email)
    and i.accepted_at is null and i.revoked_at is null;
  return new;
end $function$
;
CREATE OR REPLACE FUNCTION public.report_names(report uuid)
 RETURNS text[]
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select array[p.username, d.username] from public.task_report r
  join public.account p on p.account_id = r.account_id
  left join public.account d on d.account_id = r.decided_by
  where r.task_report_id = $1
    and coalesce(r.organization_id = any (public.scope_organizations()), true)
$function$
;
CREATE OR REPLACE FUNCTION public.report_task(report uuid, wanted uuid, image uuid, why text, more text)
 RETURNS TABLE(outcome text, its_report uuid, its_item uuid, its_reason text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  caller uuid := public.scope_account();
  task public.task;
  known public.task_report;
  reported uuid[];
  tasks uuid[];
  -- The items that a report holds; an appointed task goes on while its report is open.
  holds integer;
  held integer;
begin
  -- Two reports of one person follow each other, and no removal comes between.
  perform from public.account a
  where a.account_id = caller and a.is_active
    and a.role in ('labeler', 'reviewer', 'admin', 'universal')
  for no key update;
  if not found then raise insufficient_privilege; end if;
  select t.* into task from public.task t where t.task_id = wanted;
  reported := array(
    select i.item_id from public.task_item i
    where i.task_id = wanted and (image is null or i.item_id = image)
    order by i.item_id);
  its_item := coalesce(image, case when task.item_count = 1 then reported[1] end);
  -- Somebody without the task cannot claim it any more when all of it is held.
  select r.* into known from public.task_report r
  where r.task_id = wanted and r.account_id = caller and r.state = 'open'
    and r.item_id is not distinct from its_item;
  if found then
    outcome := 'known';
    its_report := known.task_report_id;
    its_reason := known.reason;
    return next;
    return;
  end if;
  if not exists (
      select from public.assignment a
      where a.task_id = wanted and a.account_id = caller and a.withdrawn_at is null
        and a.state not in ('expired', 'released'))
    and not exists (select from public.claimable_task(wanted))
  then
    outcome := 'no task';
    return next;
    return;
  end if;
  if cardinality(reported) = 0 then
    outcome := 'no image';
    return next;
    return;
  end if;
  -- An item may be in several tasks, and a report is about one item or all of a task.
  if exists (
    select from public.task_report r
    where r.account_id = caller and r.project_id = task.project_id and r.state = 'dismissed'
      and (r.item_id = any (reported) or r.item_id is null and exists (
        select from public.task_item d
        where d.task_id = r.task_id and d.item_id = any (reported))))
  then
    outcome := 'dismissed';
    return next;
    return;
  end if;
  holds := case when task.in_pool then cardinality(reported) else 0 end;
  select coalesce(sum(case
    when not t.in_pool then 0 when r.item_id is null then t.item_count else 1 end), 0) into held
  from public.task_report r join public.task t on t.task_id = r.task_id
  where r.account_id = caller and r.state = 'open';
  if (select l.open_reports from public.site_limits l) <= (
    select count(*) from public.task_report r where r.account_id = caller and r.state = 'open')
    or holds > 0 and (select l.reported_items from public.site_limits l) < holds + held
  then
    outcome := 'full';
    return next;
    return;
  end if;
  tasks := array(
    select distinct p.task_id from public.pool_item p
    where p.item_id = any (reported) and p.task_id is not null
    order by 1);
  perform from public.task t where t.task_id = any (tasks) order by t.task_id for no key update;
  perform from public.pool_item p where p.item_id = any (reported)
  order by p.item_id for no key update;
  insert into public.task_report (
    task_report_id, organization_id, project_id, task_id, item_id, account_id, reason, details)
  values (
    report, task.organization_id, task.project_id, wanted, its_item, caller, why, more);
  update public.pool_item p set state = 'held'
  where p.item_id = any (reported) and (p.state = 'open' or p.is_gold and p.state = 'resolved');
  perform public.recount_tasks(tasks);
  outcome := 'made';
  its_report := report;
  its_reason := why;
  return next;
end $function$
;
CREATE OR REPLACE FUNCTION public.reset_state(token_hash bytea)
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select case
    when not a.is_active or a.deleted_at is not null then 'closed'
    when r.used_at is not null then 'used'
    else 'expired'
  end
  from public.password_reset r join public.account a on a.account_id = r.account_id
  where r.token_hash = $1
$function$
;
CREATE OR REPLACE FUNCTION public.retire_access(account uuid, kept_session uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  perform public.retire_resets(account);
  update public.session s set ended_at = now()
  where s.account_id = account and s.ended_at is null
    and s.session_id is distinct from kept_session;
  update public.api_key k set revoked_at = now()
  where k.account_id = account and k.revoked_at is null;
end $function$
;
CREATE OR REPLACE FUNCTION public.retire_resets(account uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  update public.password_reset r set used_at = now()
  where r.account_id = $1 and r.used_at is null;
  delete from public.letter l where l.account_id = $1 and l.kind = 'password_reset'
$function$
;
CREATE OR REPLACE FUNCTION public.role_in(organization uuid)
 RETURNS membership_role
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select case when public.runs_site() then 'owner'::public.membership_role else (
    select m.role from public.membership m
    where m.organization_id = $1 and m.account_id = public.scope_account())
  end
$function$
;
CREATE OR REPLACE FUNCTION public.runs_site()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select exists (
    select from public.account a
    where a.account_id = public.scope_account() and a.is_active
      and a.role in ('admin', 'universal'))
$function$
;
CREATE OR REPLACE FUNCTION public.sampled_blobs(most integer)
 RETURNS SETOF bytea
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select distinct b.sha256 from public.blob b where b.damaged_at is null order by b.sha256 limit most
$function$
;
CREATE OR REPLACE FUNCTION public.schema_state()
 RETURNS TABLE(migrations integer, edition integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select
    (select count(*)::integer from public.schema_migration),
    (select max(f.edition) from public.schema_function f)
$function$
;
CREATE OR REPLACE FUNCTION public.scope_account()
 RETURNS uuid
 LANGUAGE sql
 STABLE
RETURN (NULLIF(current_setting('assay.account'::text, true), ''::text))::uuid
;
CREATE OR REPLACE FUNCTION public.scope_organizations()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE
RETURN CASE current_setting('assay.organizations'::text, true) WHEN '*'::text THEN NULL::uuid[] ELSE (COALESCE(NULLIF(current_setting('assay.organizations'::text, true), ''::text), '{}'::text))::uuid[] END
;
CREATE OR REPLACE FUNCTION public.seize_blob(organization_id uuid, sha256 bytea)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select from public.blob b
  where b.organization_id = seize_blob.organization_id and b.sha256 = seize_blob.sha256
  for update
$function$
;
CREATE OR REPLACE FUNCTION public.set_password(account uuid, new_hash text, kept_session uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if session_user in ('assay_app', 'assay_worker') and not public.runs_site()
    and account is distinct from public.scope_account()
  then
    raise insufficient_privilege;
  end if;
  update public.account a set password_hash = new_hash, updated_at = now()
  where a.account_id = account and a.deleted_at is null;
  if not found then return false; end if;
  perform public.retire_access(account, kept_session);
  return true;
end $function$
;
CREATE OR REPLACE FUNCTION public.settle_duplicates(organization uuid, digests bytea[], flagged double precision)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if session_user = 'assay_app'
    and not coalesce(organization = any (public.scope_organizations()), true)
  then
    raise insufficient_privilege using message = 'not the organization of the session';
  end if;
  update public.item_check c
  set duplicate_score = coalesce(best.score, 0),
    source_url = coalesce(i.source_url, case when best.score >= flagged then best.source_url end),
    flags = case
        when best.is_exact then array['exact_duplicate']
        when best.score >= flagged then array['near_duplicate']
        else '{}' end
      || array_remove(array_remove(c.flags, 'near_duplicate'), 'exact_duplicate'),
    evidence = c.evidence || jsonb_build_object('duplicate', best.evidence)
  from public.item i
  left join lateral (
    select r.score, r.is_exact, other.source_url,
      jsonb_build_object(
        'image_id', other.item_id, 'distance', r.distance, 'correlation', r.correlation,
        'detail', r.detail, 'orientation', r.orientation, 'part', r.part,
        'other_part', r.other_part) as evidence
    from (
      select i.sha256, 1 as score, true as is_exact, 0 as distance, 1::real as correlation,
        1::real as detail, 1 as orientation, '{0,0,1,1}'::real[] as part,
        '{0,0,1,1}'::real[] as other_part
      union all
      select s.second, s.score, false, s.distance, s.correlation, s.detail, s.orientation,
        s.first_part, s.second_part
      from public.resemblance s
      where s.organization_id = i.organization_id and s.first = i.sha256
      union all
      select s.first, s.score, false, s.distance, s.correlation, s.detail, s.orientation,
        s.second_part, s.first_part
      from public.resemblance s
      where s.organization_id = i.organization_id and s.second = i.sha256
    ) r
    join public.item other on other.organization_id = i.organization_id
      and other.held_sha256 = r.sha256 and other.item_id <> i.item_id
      and other.state <> 'excluded'
    where exists (select from public.item_check o where o.item_id = other.item_id)
    order by r.score desc, other.project_id = i.project_id desc, other.item_id
    limit 1
  ) best on true
  where c.item_id = i.item_id and i.organization_id = organization
    and (i.state <> 'excluded' or i.excluded_because = 'duplicate')
    and i.held_sha256 = any (digests);
end $function$
;
CREATE OR REPLACE FUNCTION public.settle_identity_address(issuer text, subject text, address text, is_verified boolean)
 RETURNS uuid[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  known uuid;
begin
  select i.account_id into known from public.external_identity i
  join public.account a on a.account_id = i.account_id
  where i.issuer = settle_identity_address.issuer and i.subject = settle_identity_address.subject
    and a.is_active and (is_verified or a.email_verified_at is null);
  if not found then return null; end if;
  if is_verified then perform pg_advisory_xact_lock(hashtext('address ' || lower(address))); end if;
  update public.account a set email = address, updated_at = now()
  where a.account_id = known and lower(a.email) is distinct from lower(address);
  return case when is_verified then public.prove_address(known) end;
end $function$
;
CREATE OR REPLACE FUNCTION public.shows_leaderboard(project uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select exists (
    select from public.pool o
    where o.project_id = project and public.scope_account() is not null
      and (o.state = 'open'
        or public.scope_organizations() is null
        or exists (
          select from public.membership m
          where m.organization_id = o.organization_id and m.account_id = public.scope_account())
        or exists (
          select from public.project_member m
          where m.project_id = o.project_id and m.account_id = public.scope_account())
        or exists (
          select from public.assignment a
          where a.account_id = public.scope_account() and a.project_id = o.project_id)))
$function$
;
CREATE OR REPLACE FUNCTION public.sign_in_address(address text)
 RETURNS bytea
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  client inet;
begin
  client := regexp_replace(address, '^::ffff:([0-9.]+)$', '\1', 'i');
  return public.throttle_bucket(
    'address',
    case when family(client) = 6 then network(set_masklen(client, 64))::text
      else host(client) end);
exception when invalid_text_representation then
  return null;  -- the client came through a Unix socket
end $function$
;
CREATE OR REPLACE FUNCTION public.sign_in_candidates(login text, address text)
 RETURNS TABLE(guess text, wait double precision, account_id uuid, username text, email text, role account_role, organization_id uuid, is_active boolean, password_hash text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  with client as materialized (
    select public.sign_in_address($2) as network, now() - l.known_network_age as known_since,
      l.searched_claims
    from public.site_limits l
  ), claim as (
    select a.* from public.account a
    where position('@' in $1) = 0 and lower(a.username) = lower($1)
    union all
    select a.* from public.account a
    where position('@' in $1) > 0 and lower(a.email) = lower($1)
      and a.email_verified_at is not null
    union all
    ((select a.* from public.account a
      where position('@' in $1) > 0 and lower(a.email) = lower($1) and a.email_verified_at is null
      order by a.account_id desc
      limit (select c.searched_claims from client c))
     union
     (select a.* from public.account a
      where position('@' in $1) > 0 and lower(a.email) = lower($1) and a.email_verified_at is null
      order by a.account_id limit 1))
  ), oldest as (
    select c.account_id from claim c where c.email_verified_at is null order by c.account_id limit 1
  ), nearest as (
    select c.*, k.account_id is not null as is_known
    from claim c cross join client
    left join public.known_network k
      on k.account_id = c.account_id and k.seen_at > client.known_since
      and k.network = public.network_of(c.account_id, client.network)
    order by c.email_verified_at is null,
      c.account_id is distinct from (select o.account_id from oldest o),
      case when k.account_id is not null then c.account_id end, c.account_id desc
    limit 2
  ), judged as (
    select g.guess, n.*,
      public.throttle_wait('sign-in', public.pair_bucket(g.guess, $2)) as pair_wait,
      case when n.is_known then 0
        else public.throttle_wait('brake', public.brake_bucket(g.guess)) end as brake_wait
    from (select) one left join nearest n on true
    cross join lateral (select public.guessed(n.account_id, $1) as guess) g
  )
  select j.guess,
    greatest(
      -- The maximum of all rows, so that the wait does not tell how many accounts claim an address.
      max(j.pair_wait) over (), j.brake_wait,
      public.throttle_wait('address', client.network)),
    j.account_id, j.username, j.email, j.role, j.organization_id, j.is_active, j.password_hash
  from judged j cross join client
  order by j.email_verified_at is null, not j.is_known, j.account_id desc
$function$
;
CREATE OR REPLACE FUNCTION public.sign_in_opened(session_id uuid, account_id uuid, password_hash text, refresh_hash bytea, expires_at timestamp with time zone, address text)
 RETURNS double precision
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select public.sign_in_opened($1, $2, $3, $4, $5, $6, null)
$function$
;
CREATE OR REPLACE FUNCTION public.sign_in_opened(session_id uuid, account_id uuid, password_hash text, refresh_hash bytea, expires_at timestamp with time zone, address text, device text)
 RETURNS double precision
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  guess text := public.guessed(sign_in_opened.account_id, null);
  wait double precision := public.throttle_wait('sign-in', public.pair_bucket(guess, address));
begin
  if wait = 0 and not public.is_known_network(sign_in_opened.account_id, address) then
    wait := public.throttle_wait('brake', public.brake_bucket(guess));
  end if;
  if wait > 0 then return wait; end if;
  perform from public.account a
  where a.account_id = sign_in_opened.account_id and a.is_active
    and a.password_hash = sign_in_opened.password_hash
  for share;
  if not found then return null; end if;
  perform public.open_session(
    sign_in_opened.session_id, sign_in_opened.account_id, sign_in_opened.refresh_hash,
    sign_in_opened.expires_at, nullif(sign_in_opened.address, ''), sign_in_opened.device);
  perform public.note_network(sign_in_opened.account_id, address);
  return 0;
end $function$
;
CREATE OR REPLACE FUNCTION public.sign_in_refused(guesses text[], address text)
 RETURNS double precision
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  guess text;
  wait double precision := 0;
  account uuid;
begin
  -- In one order, to avoid deadlocks.
  if public.sign_in_address(address) is not null then
    perform public.throttle_take('address', public.sign_in_address(address));
  end if;
  for guess in select g from unnest(guesses) g order by g loop
    wait := greatest(wait, public.throttle_take('sign-in', public.pair_bucket(guess, address)));
  end loop;
  if wait > 0 then return wait; end if;
  for guess in select g from unnest(guesses) g order by g loop
    account := substring(guess from '^account (.*)$')::uuid;
    -- A known network is counted, but never has to wait.
    wait := greatest(wait, public.throttle_take('brake', public.brake_bucket(guess))
      * (not coalesce(public.is_known_network(account, address), false))::integer);
  end loop;
  return wait;
end $function$
;
CREATE OR REPLACE FUNCTION public.sign_up(account_id uuid, username text, email text, password_hash text, role account_role, organization_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  -- The application can make no administrator, even when it is taken over.
  if session_user = 'assay_app' and sign_up.role not in ('customer', 'labeler') then
    raise insufficient_privilege;
  end if;
  -- The operator's commands make accounts on a closed site, too.
  if session_user = 'assay_app' then perform public.expect_open_sign_up(); end if;
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
CREATE OR REPLACE FUNCTION public.sign_up_invited(account_id uuid, username text, email text, password_hash text, role account_role, invitation bytea)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if sign_up_invited.role not in ('customer', 'labeler') then raise insufficient_privilege; end if;
  perform public.expect_invitation(invitation);
  insert into public.account (account_id, username, email, password_hash, role)
  values (
    sign_up_invited.account_id, sign_up_invited.username, sign_up_invited.email,
    sign_up_invited.password_hash, sign_up_invited.role);
  return public.join_by_invitation(sign_up_invited.account_id, invitation);
end $function$
;
CREATE OR REPLACE FUNCTION public.signs_in_elsewhere(account uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select exists (select from public.external_identity i where i.account_id = $1)
$function$
;
CREATE OR REPLACE FUNCTION public.sum_refusals(account uuid, hour timestamp with time zone, count bigint)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select public.audit(
    'refused.more', $1, null, null, null, null, null,
    jsonb_build_object(
      'hour', to_char($2 at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'count', $3 - l.logged_refusals))
  from public.site_limits l where $3 > l.logged_refusals
$function$
;
CREATE OR REPLACE FUNCTION public.sweep_refusals()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  past public.refusal_count;
begin
  for past in
    delete from public.refusal_count r using (
      select c.account_id from public.refusal_count c
      where c.hour < date_trunc('hour', clock_timestamp())
      order by c.account_id for update skip locked) over
    where r.account_id = over.account_id
    returning r.account_id, r.hour, r.count
  loop
    perform public.sum_refusals(past.account_id, past.hour, past.count);
  end loop;
end $function$
;
CREATE OR REPLACE FUNCTION public.synchronize_identity(issuer text, subject text, email text, full_name text, new_account uuid, new_username text)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select public.synchronize_identity($1, $2, $3, $4, $5, $6, null)
$function$
;
CREATE OR REPLACE FUNCTION public.synchronize_identity(issuer text, subject text, email text, full_name text, new_account uuid, new_username text, invitation bytea)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  known uuid;
  free_email text := email;
begin
  perform pg_advisory_xact_lock(hashtext('identity ' || issuer || ' ' || subject));
  select i.account_id into known from public.external_identity i
  where i.issuer = synchronize_identity.issuer and i.subject = synchronize_identity.subject;
  -- When another account has this address, the new account has none.
  if exists (
    select from public.account a
    where lower(a.email) = lower(free_email) and a.account_id is distinct from known)
  then
    free_email := null;
  end if;
  if known is not null then
    update public.account a
    set email = coalesce(free_email, a.email),
      full_name = coalesce(synchronize_identity.full_name, a.full_name), updated_at = now()
    where a.account_id = known and a.is_active;
    if not found then return null; end if;
    return false;
  end if;
  if invitation is null then
    perform public.expect_open_sign_up();
  else
    perform public.expect_invitation(invitation);
  end if;
  -- '!' is not a hash, so no password matches.
  insert into public.account (account_id, username, email, full_name, password_hash, role)
  values (
    new_account, new_username, free_email, synchronize_identity.full_name, '!', 'customer');
  insert into public.external_identity (issuer, subject, account_id)
  values (synchronize_identity.issuer, synchronize_identity.subject, new_account);
  if invitation is null then
    perform public.give_organization(new_account);
  else
    perform public.join_by_invitation(new_account, invitation);
  end if;
  return true;
end $function$
;
CREATE OR REPLACE FUNCTION public.take_letter(kinds text[], OUT letter_id uuid, OUT kind text, OUT account_id uuid, OUT recipient text, OUT name text, OUT origin text, OUT attempts integer, OUT invitation_id uuid)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  delete from public.letter l where l.kind = 'password_reset' and l.account_id is null;
  update public.letter l
  set run_after = now() + (select s.letter_retry from public.site_limits s),
    attempts = l.attempts + 1
  where l.letter_id = (
    select w.letter_id from public.letter w
    where w.run_after <= now() and w.kind = any (kinds)
    order by w.run_after limit 1 for update skip locked)
  returning l.letter_id, l.kind, l.account_id, l.origin, l.attempts, l.invitation_id, l.recipient
  into take_letter.letter_id, take_letter.kind, take_letter.account_id, take_letter.origin,
    take_letter.attempts, take_letter.invitation_id, take_letter.recipient;
  select coalesce(take_letter.recipient, a.email), a.username
  into take_letter.recipient, take_letter.name
  from (select) one
  left join public.account a on a.account_id = take_letter.account_id;
end $function$
;
CREATE OR REPLACE FUNCTION public.throttle_bucket(kind text, what text)
 RETURNS bytea
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select sha256(convert_to($1 || ' ' || $2, 'UTF8'))
$function$
;
CREATE OR REPLACE FUNCTION public.throttle_sweep()
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  with swept as (
    delete from public.throttle t using (
      select bucket from public.throttle where empty_at < now() for update skip locked) idle
    where t.bucket = idle.bucket
    returning 1
  ), counted as (
    delete from public.request_count c using (
      select bucket from public.request_count where ends_at < now() for update skip locked) idle
    where c.bucket = idle.bucket
    returning 1)
  select (select count(*) from swept) + (select count(*) from counted)
$function$
;
CREATE OR REPLACE FUNCTION public.throttle_take(bucket bytea, burst integer, seconds double precision)
 RETURNS double precision
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  moment timestamptz := clock_timestamp();
  one interval := make_interval(secs => throttle_take.seconds);
begin
  insert into public.throttle as t (bucket, empty_at)
  values (throttle_take.bucket, moment + one)
  on conflict on constraint throttle_pkey do update
    set empty_at = greatest(t.empty_at, moment) + one
    where t.empty_at <= moment + one * (throttle_take.burst - 1);
  if found then return 0; end if;
  return public.throttle_wait(
    throttle_take.bucket, throttle_take.burst, throttle_take.seconds);
end $function$
;
CREATE OR REPLACE FUNCTION public.throttle_take(kind text, bucket bytea)
 RETURNS double precision
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  rate public.throttle_rate;
  moment timestamptz := clock_timestamp();
  one interval;
begin
  select * into strict rate from public.throttle_rate r where r.kind = throttle_take.kind;
  one := make_interval(secs => rate.seconds);
  insert into public.throttle as t (bucket, empty_at)
  values (throttle_take.bucket, moment + one)
  on conflict on constraint throttle_pkey do update
    set empty_at = greatest(t.empty_at, moment) + one
    where t.empty_at <= moment + one * (rate.burst - 1);
  if found then return 0; end if;
  return public.throttle_wait(throttle_take.kind, throttle_take.bucket);
end $function$
;
CREATE OR REPLACE FUNCTION public.throttle_wait(bucket bytea, burst integer, seconds double precision)
 RETURNS double precision
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select coalesce(greatest(0, max(
    extract(epoch from t.empty_at - clock_timestamp())::double precision - ($2 - 1) * $3)), 0)
  from public.throttle t where t.bucket = $1
$function$
;
CREATE OR REPLACE FUNCTION public.throttle_wait(kind text, bucket bytea)
 RETURNS double precision
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  rate public.throttle_rate;
begin
  select * into strict rate from public.throttle_rate r where r.kind = throttle_wait.kind;
  return coalesce(
    (select greatest(
       0, extract(epoch from t.empty_at - clock_timestamp())::double precision
         - (rate.burst - 1) * rate.seconds)
     from public.throttle t where t.bucket = throttle_wait.bucket),
    0);
end $function$
;
CREATE OR REPLACE FUNCTION public.use_invitation(hash bytea, OUT outcome text, OUT organization uuid, OUT held membership_role, OUT offered membership_role)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  found_invitation public.invitation;
  reader uuid := public.scope_account();
  agreed boolean;
begin
  select i.* into found_invitation from public.invitation i
  where i.token_hash = hash or i.letter_hash = hash;
  if not found or reader is null then outcome := 'unknown'; return; end if;
  organization := found_invitation.organization_id;
  perform from public.organization o
  where o.organization_id = use_invitation.organization for no key update;
  select i.* into found_invitation from public.invitation i
  where i.invitation_id = found_invitation.invitation_id for no key update;
  offered := found_invitation.role;
  select m.role, m.has_agreed into held, agreed from public.membership m
  where m.organization_id = use_invitation.organization and m.account_id = reader;
  outcome := case
    when agreed then 'member'
    else coalesce(public.invitation_state(found_invitation), 'joined')
  end;
  if outcome <> 'joined' then return; end if;
  update public.invitation i set accepted_at = now(), accepted_by = reader
  where i.invitation_id = found_invitation.invitation_id;
  insert into public.membership as m (organization_id, account_id, role)
  values (use_invitation.organization, reader, offered)
  on conflict on constraint membership_pkey
  do update set has_agreed = true, role = least(m.role, excluded.role)
  returning m.role into held;
  update public.account a set organization_id = use_invitation.organization
  where a.account_id = reader and a.organization_id is null;
end $function$
;
CREATE OR REPLACE FUNCTION public.use_reset(token_hash bytea, new_hash text)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  found_account uuid;
begin
  select r.account_id into found_account from public.password_reset r
  where r.token_hash = use_reset.token_hash;
  perform from public.account a
  where a.account_id = found_account and a.is_active and a.deleted_at is null
  for no key update;
  if not found then return null; end if;
  update public.password_reset r set used_at = now()
  where r.token_hash = use_reset.token_hash and r.used_at is null and r.expires_at > now();
  if not found then return null; end if;
  update public.account a set password_hash = new_hash, updated_at = now()
  where a.account_id = found_account;
  perform public.retire_access(found_account, null);
  return found_account;
end $function$
;
CREATE OR REPLACE FUNCTION public.use_verification(token_hash bytea, OUT is_valid boolean, OUT losers uuid[])
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  claimant uuid := public.scope_account();
begin
  perform from public.email_verification v join public.account a on a.account_id = v.account_id
  where v.token_hash = use_verification.token_hash and v.account_id = claimant
    and v.used_at is null and v.expires_at > now() and lower(a.email) = lower(v.email);
  is_valid := found;
  if not is_valid then return; end if;
  losers := public.prove_address(claimant);
  update public.email_verification v set used_at = now()
  where v.token_hash = use_verification.token_hash and v.used_at is null;
  is_valid := found;
end $function$
;
CREATE OR REPLACE FUNCTION public.uuid_v7()
 RETURNS uuid
 LANGUAGE sql
 PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'pg_temp'
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
CREATE OR REPLACE FUNCTION public.verification_state(token_hash bytea)
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select case
    when v.account_id is distinct from public.scope_account() then 'foreign'
    when a.email_verified_at is not null and lower(a.email) = lower(v.email) then 'verified'
    else 'expired'
  end
  from public.email_verification v join public.account a on a.account_id = v.account_id
  where v.token_hash = $1
$function$
;
CREATE OR REPLACE FUNCTION public.withdraw_assignments()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if exists (
    select from public.project_member m
    where m.project_id = old.project_id and m.account_id = old.account_id)
  then
    return null;
  end if;
  perform from public.assignment a
  where a.account_id = old.account_id and a.project_id = old.project_id and a.withdrawn_at is null
  order by a.assignment_id for no key update;
  update public.assignment a
  set withdrawn_at = now(),
    lease_expires_at = case when a.lease_expires_at > now() then now() else a.lease_expires_at end,
    state = case when a.lease_expires_at is null
        and a.state in ('assigned', 'leased', 'in_progress', 'returned')
      then 'released' else a.state end
  where a.account_id = old.account_id and a.project_id = old.project_id and a.withdrawn_at is null;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION public.write_invitation(invitation uuid, hash bytea, OUT recipient text, OUT organization text, OUT inviter text)
 RETURNS record
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  update public.invitation i set letter_hash = $2
  from public.organization o, public.account a
  where i.invitation_id = $1 and i.accepted_at is null and i.revoked_at is null
    and i.expires_at > now() and o.organization_id = i.organization_id
    and a.account_id = i.invited_by
  returning i.email, o.name, a.username
$function$
;
CREATE OR REPLACE FUNCTION public.write_reset(account uuid, token_hash bytea, expires_at timestamp with time zone, OUT recipient text, OUT username text, OUT is_claim boolean)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  select a.email, a.username, a.email_verified_at is null
  into write_reset.recipient, write_reset.username, write_reset.is_claim
  from public.account a
  where a.account_id = account and a.is_active and a.deleted_at is null and a.email is not null;
  if not found then return; end if;
  insert into public.password_reset (token_hash, account_id, expires_at, email)
  values (
    write_reset.token_hash, account, write_reset.expires_at, write_reset.recipient);
end $function$
;
CREATE OR REPLACE FUNCTION public.write_verification(account uuid, token_hash bytea, expires_at timestamp with time zone, OUT recipient text, OUT username text, OUT is_taken boolean)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  select a.email, a.username, exists (
      select from public.account o
      where lower(o.email) = lower(a.email) and o.email_verified_at is not null)
  into write_verification.recipient, write_verification.username, write_verification.is_taken
  from public.account a
  where a.account_id = account and a.email_verified_at is null and a.email is not null
    and a.is_active;
  if found and not is_taken then
    insert into public.email_verification (token_hash, account_id, email, expires_at)
    values (
      write_verification.token_hash, account, write_verification.recipient,
      write_verification.expires_at);
  end if;
end $function$
;

-- Triggers

CREATE TRIGGER account_changed AFTER UPDATE OF is_active, email, role ON public.account FOR EACH ROW EXECUTE FUNCTION note_account_change();
CREATE TRIGGER account_deleted AFTER UPDATE OF deleted_at ON public.account FOR EACH ROW WHEN (((new.deleted_at IS NOT NULL) AND (old.deleted_at IS NULL))) EXECUTE FUNCTION drop_roles();
CREATE TRIGGER address_changed BEFORE UPDATE OF email, deleted_at ON public.account FOR EACH ROW EXECUTE FUNCTION note_address();
CREATE TRIGGER assignment_submitted AFTER UPDATE OF state ON public.assignment FOR EACH ROW WHEN (((new.state = 'submitted'::assignment_state) AND (old.state <> 'submitted'::assignment_state))) EXECUTE FUNCTION close_task();
CREATE TRIGGER audit_entry_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER blob_stored AFTER INSERT ON public.blob FOR EACH ROW EXECUTE FUNCTION heal_stored_blob();
CREATE TRIGGER invitation_replaced BEFORE INSERT ON public.invitation FOR EACH ROW EXECUTE FUNCTION replace_invitation();
CREATE TRIGGER item_deleted AFTER DELETE ON public.item FOR EACH ROW WHEN ((old.held_sha256 IS NOT NULL)) EXECUTE FUNCTION release_item();
CREATE TRIGGER item_excluded AFTER UPDATE OF excluded_because ON public.item FOR EACH ROW WHEN (((old.held_sha256 IS NOT NULL) AND (new.held_sha256 IS NULL))) EXECUTE FUNCTION release_item();
CREATE TRIGGER item_pooled AFTER UPDATE OF state ON public.item FOR EACH ROW WHEN (((old.state <> new.state) AND ((old.state = 'excluded'::item_state) OR (new.state = 'excluded'::item_state)))) EXECUTE FUNCTION follow_item();
CREATE TRIGGER items_pooled AFTER INSERT ON public.item REFERENCING NEW TABLE AS new_items FOR EACH STATEMENT EXECUTE FUNCTION follow_new_items();
CREATE TRIGGER complete_old_job BEFORE INSERT ON public.job FOR EACH ROW WHEN (((new.key IS NULL) AND (new.kind = ANY (ARRAY['qc'::text, 'previews'::text])))) EXECUTE FUNCTION complete_old_job();
CREATE TRIGGER complete_old_chunk BEFORE INSERT OR UPDATE OF items ON public.job_chunk FOR EACH ROW WHEN ((new.payload IS NULL)) EXECUTE FUNCTION complete_old_chunk();
CREATE TRIGGER normalize_class BEFORE INSERT ON public.label_class FOR EACH ROW EXECUTE FUNCTION normalize_class();
CREATE TRIGGER normalize_schema BEFORE INSERT ON public.label_schema FOR EACH ROW EXECUTE FUNCTION normalize_schema();
CREATE TRIGGER invitations_ended AFTER INSERT OR DELETE ON public.membership FOR EACH ROW EXECUTE FUNCTION end_invitations();
CREATE TRIGGER membership_lost AFTER DELETE ON public.membership FOR EACH ROW EXECUTE FUNCTION note_loss();
CREATE TRIGGER note_membership AFTER INSERT ON public.membership FOR EACH ROW EXECUTE FUNCTION note_grant();
CREATE TRIGGER project_renamed AFTER UPDATE OF title ON public.project FOR EACH ROW WHEN ((new.title IS DISTINCT FROM old.title)) EXECUTE FUNCTION rename_assignments();
CREATE TRIGGER note_project_member AFTER INSERT ON public.project_member FOR EACH ROW EXECUTE FUNCTION note_grant();
CREATE TRIGGER project_member_lost AFTER DELETE ON public.project_member FOR EACH ROW EXECUTE FUNCTION note_loss();
CREATE TRIGGER project_member_withdrawn AFTER DELETE ON public.project_member FOR EACH ROW EXECUTE FUNCTION withdraw_assignments();
CREATE TRIGGER task_filled AFTER INSERT ON public.task_item REFERENCING NEW TABLE AS new_items FOR EACH STATEMENT EXECUTE FUNCTION pack_new_items();

-- Rights on tables

grant insert, select on annotation to assay_app;
grant select on annotation to assay_worker;
grant insert on api_key to assay_app;
grant insert, select on assignment to assay_app;
grant select on assignment to assay_worker;
grant select on audit_entry to assay_app;
grant insert, select on blob to assay_app;
grant select, update on blob to assay_worker;
grant insert, select, update on claim to assay_app;
grant insert, select, update on claim to assay_worker;
grant select on consensus_fit to assay_app;
grant delete, insert, select, update on consensus_fit to assay_worker;
grant select on consensus_model to assay_app;
grant delete, insert, select, update on consensus_model to assay_worker;
grant select on consistency_bonus to assay_worker;
grant insert, select on decision to assay_app;
grant select on decision to assay_worker;
grant select on gold_bar to assay_app;
grant delete, insert, select, update on gold_bar to assay_worker;
grant delete, insert, select on gold_item to assay_app;
grant select on gold_item to assay_worker;
grant insert on invitation to assay_app;
grant insert, select on item to assay_app;
grant select on item to assay_worker;
grant select on item_check to assay_app;
grant insert, select, update on item_check to assay_worker;
grant delete, insert, select, update on item_label to assay_app;
grant insert, select, update on item_label to assay_worker;
grant insert, select on job to assay_app;
grant insert, select on job to assay_worker;
grant insert, select on job_chunk to assay_app;
grant insert, select, update on job_chunk to assay_worker;
grant insert, select on label_class to assay_app;
grant insert, select on label_schema to assay_app;
grant select on label_schema to assay_worker;
grant select on labeler_skill to assay_app;
grant delete, insert, select, update on labeler_skill to assay_worker;
grant select on likeness to assay_app;
grant delete, insert, select, update on likeness to assay_worker;
grant select on likeness_band to assay_app;
grant insert, select on likeness_band to assay_worker;
grant usage on likeness_number to assay_worker;
grant select on membership to assay_app;
grant select on organization to assay_app;
grant select on organization to assay_worker;
grant select on points_day to assay_app;
grant insert, select, update on points_day to assay_worker;
grant select on points_entry to assay_app;
grant insert, select on points_entry to assay_worker;
grant select on points_total to assay_app;
grant insert, select, update on points_total to assay_worker;
grant insert, select, update on pool to assay_app;
grant select, update on pool to assay_worker;
grant insert, select, update on pool_item to assay_app;
grant insert, select, update on pool_item to assay_worker;
grant insert, select on project to assay_app;
grant select on project to assay_worker;
grant delete, insert, select on project_member to assay_app;
grant insert, select on released_blob to assay_app;
grant delete, select on released_blob to assay_worker;
grant insert, select on repeated_request to assay_app;
grant delete, select on repeated_request to assay_worker;
grant select on resemblance to assay_app;
grant insert, select on resemblance to assay_worker;
grant select on site_limits to assay_app;
grant select on site_store to assay_app;
grant select on site_store to assay_worker;
grant insert, select on task to assay_app;
grant select on task to assay_worker;
grant insert, select on task_item to assay_app;
grant insert, select on task_report to assay_app;
grant insert, select on upload to assay_app;
grant select on upload to assay_worker;

-- Rights on columns

grant select (account_id, username, email, role, is_active, organization_id, created_at, full_name, updated_at, deleted_at, email_verified_at, lost_email, is_anonymous) on account to assay_app;
grant select (api_key_id, account_id, name, scopes, created_at, expires_at, last_used_at, revoked_at) on api_key to assay_app;
grant update (revoked_at) on api_key to assay_app;
grant update (item_count, state, answered, withdrawn_at, lease_expires_at) on assignment to assay_app;
grant update (item_count, state, answered, lease_expires_at) on assignment to assay_worker;
grant update (labels, content, created_by, created_at) on gold_item to assay_app;
grant select (invitation_id, organization_id, email, role, invited_by, created_at, expires_at, accepted_at, revoked_at) on invitation to assay_app;
grant update (revoked_at) on invitation to assay_app;
grant update (filename, state, excluded_because, state_before) on item to assay_app;
grant update (state) on item to assay_worker;
grant update (state, finished_at) on job to assay_app;
grant update (state, finished_at, begun_at) on job to assay_worker;
grant update (state, lease_expires_at) on job_chunk to assay_app;
grant insert (organization_id, sha256, whole, windows, luma) on likeness to assay_app;
grant update (used_bytes, used_items) on organization to assay_app;
grant update (title, description, state) on project to assay_app;
grant update (status, body) on repeated_request to assay_app;
grant select (session_id, account_id, created_at, expires_at, ended_at, device, address, last_used_at) on session to assay_app;
grant update (ended_at, address, last_used_at) on session to assay_app;
grant update (state) on task to assay_app;
grant update (state) on task to assay_worker;
grant update (state, decided_by, decided_at) on task_report to assay_app;
grant update (state, reason, item_id) on upload to assay_app;
grant update (state) on upload to assay_worker;

-- Rights on functions

grant execute on function accept_invitation(bytea) to assay_app;
grant execute on function add_account(uuid,text,text,text,text,account_role) to assay_app;
grant execute on function add_member(uuid,uuid,membership_role) to assay_app;
grant execute on function address_sweep() to assay_worker;
grant execute on function admit(uuid,uuid,account_role,uuid) to assay_app;
grant execute on function admit_account(uuid,account_role,uuid) to assay_app;
grant execute on function ask_invitation(uuid,uuid,text) to assay_app;
grant execute on function ask_reset(uuid,text,text) to assay_app;
grant execute on function ask_verification(uuid,uuid,text) to assay_app;
grant execute on function audit(text,uuid,text,uuid,text,text,text,jsonb) to assay_app, assay_worker;
grant execute on function audit_hash(audit_entry) to public;
grant execute on function audit_is_append_only() to public;
grant execute on function audit_refusal(uuid,uuid,text,text,text,jsonb) to assay_app;
grant execute on function bar_labeler(uuid,uuid,integer,integer,boolean) to assay_worker;
grant execute on function barred_labeler(uuid) to assay_worker;
grant execute on function bundle_pool(uuid,integer) to assay_app, assay_worker;
grant execute on function change_account(uuid,text,text,text,boolean,account_role) to assay_app;
grant execute on function change_member(uuid,uuid,membership_role) to assay_app;
grant execute on function change_password(text,text,uuid) to assay_app;
grant execute on function choose_organization(uuid) to assay_app;
grant execute on function claim_next(uuid) to assay_app;
grant execute on function claim_store(uuid) to assay_app, assay_worker;
grant execute on function claim_task(uuid) to assay_app;
grant execute on function claimable_task(uuid) to assay_app;
grant execute on function claimable_tasks(uuid,integer) to assay_app;
grant execute on function claiming_names(text) to assay_worker;
grant execute on function close_pool(uuid) to assay_app;
grant execute on function close_task() to public;
grant execute on function complete_old_job() to assay_app, assay_worker;
grant execute on function count_answers(uuid,uuid[],real[],assignment_state) to assay_app, assay_worker;
grant execute on function count_request(uuid,text[]) to assay_app;
grant execute on function decide_report(uuid,report_state,report_state) to assay_app;
grant execute on function delete_account(uuid) to assay_app;
grant execute on function drop_letter(uuid) to assay_worker;
grant execute on function drop_roles() to public;
grant execute on function fill_pool(uuid,integer) to assay_app, assay_worker;
grant execute on function find_account(text) to assay_app;
grant execute on function heal_stored_blob() to public;
grant execute on function hide_name(boolean) to assay_app;
grant execute on function hold_blob(uuid,bytea) to assay_app;
grant execute on function identity_claims(text,text) to assay_app;
grant execute on function is_open_pool(uuid) to assay_app;
grant execute on function key_claims(bytea) to assay_app;
grant execute on function keys_retired(uuid) to assay_app;
grant execute on function labeler_name(uuid) to assay_app;
grant execute on function leaderboard(uuid,date,bigint,bigint) to assay_app;
grant execute on function leaderboard_place(uuid,date) to assay_app;
grant execute on function leave() to public;
grant execute on function lock_accounts(uuid,uuid) to assay_app;
grant execute on function lock_invitation(bytea) to assay_app;
grant execute on function make_key(uuid,uuid,text,text[],bytea,integer) to assay_app;
grant execute on function make_key(uuid,uuid,text,text[],bytea,integer,integer) to assay_app;
grant execute on function make_organization(uuid,text) to assay_app;
grant execute on function make_reset(uuid,bytea,timestamp with time zone) to assay_app, assay_worker;
grant execute on function may_appoint(uuid,membership_role) to assay_app;
grant execute on function may_change_answer(uuid) to assay_app;
grant execute on function normalize_class() to public;
grant execute on function normalize_schema() to public;
grant execute on function note_grant() to public;
grant execute on function note_loss() to public;
grant execute on function note_new_address(uuid,uuid,text,text) to assay_app;
grant execute on function note_reset_network(uuid,text) to assay_app;
grant execute on function open_session(uuid,uuid,bytea,timestamp with time zone) to assay_app;
grant execute on function open_session(uuid,uuid,bytea,timestamp with time zone,text,text) to assay_app;
grant execute on function own_pace(timestamp with time zone) to assay_app;
grant execute on function points_rank(bigint) to assay_app;
grant execute on function protect(regclass) to public;
grant execute on function prove_invited_address(bytea) to assay_app;
grant execute on function prove_reset_address(bytea) to assay_app;
grant execute on function queue_invitation(uuid,uuid,text) to assay_app;
grant execute on function recount_tasks(uuid[]) to assay_app, assay_worker;
grant execute on function refresh_session(uuid,bytea,bytea) to assay_app;
grant execute on function refresh_session(uuid,bytea,bytea,boolean,text,text) to assay_app;
grant execute on function rehash_password(uuid,text,text) to assay_app;
grant execute on function release_item() to public;
grant execute on function remove_member(uuid,uuid) to assay_app;
grant execute on function rename_assignments() to public;
grant execute on function rename_organization(uuid,text) to assay_app;
grant execute on function report_names(uuid) to assay_app;
grant execute on function report_task(uuid,uuid,uuid,text,text) to assay_app;
grant execute on function reset_state(bytea) to assay_app;
grant execute on function role_in(uuid) to assay_app;
grant execute on function runs_site() to assay_app;
grant execute on function sampled_blobs(integer) to assay_app, assay_worker;
grant execute on function schema_state() to assay_app, assay_worker;
grant execute on function scope_account() to public;
grant execute on function scope_organizations() to public;
grant execute on function seize_blob(uuid,bytea) to assay_app;
grant execute on function set_password(uuid,text,uuid) to assay_app;
grant execute on function settle_duplicates(uuid,bytea[],double precision) to assay_app, assay_worker;
grant execute on function settle_identity_address(text,text,text,boolean) to assay_app;
grant execute on function shows_leaderboard(uuid) to assay_app;
grant execute on function sign_in_address(text) to public;
grant execute on function sign_in_candidates(text,text) to assay_app;
grant execute on function sign_in_opened(uuid,uuid,text,bytea,timestamp with time zone,text) to assay_app;
grant execute on function sign_in_opened(uuid,uuid,text,bytea,timestamp with time zone,text,text) to assay_app;
grant execute on function sign_in_refused(text[],text) to assay_app;
grant execute on function sign_up(uuid,text,text,text,account_role,uuid) to assay_app;
grant execute on function sign_up_invited(uuid,text,text,text,account_role,bytea) to assay_app;
grant execute on function sweep_refusals() to assay_worker;
grant execute on function synchronize_identity(text,text,text,text,uuid,text) to assay_app;
grant execute on function synchronize_identity(text,text,text,text,uuid,text,bytea) to assay_app;
grant execute on function take_letter(text[]) to assay_worker;
grant execute on function throttle_bucket(text,text) to public;
grant execute on function throttle_sweep() to assay_worker;
grant execute on function use_invitation(bytea) to assay_app;
grant execute on function use_reset(bytea,text) to assay_app;
grant execute on function use_verification(bytea) to assay_app;
grant execute on function uuid_v7() to public;
grant execute on function verification_state(bytea) to assay_app;
grant execute on function withdraw_assignments() to public;
grant execute on function write_invitation(uuid,bytea) to assay_worker;
grant execute on function write_reset(uuid,bytea,timestamp with time zone) to assay_worker;
grant execute on function write_verification(uuid,bytea,timestamp with time zone) to assay_worker;

