-- Projects, their label schemas, and the pictures in them.

create type project_state as enum ('draft', 'active', 'paused', 'completed', 'archived');

create table project (
  project_id uuid primary key,
  organization_id uuid not null references organization,
  title text not null,
  description text not null,
  state project_state not null default 'active',
  created_by uuid not null references account,
  created_at timestamptz not null default now(),
  -- What belongs to a project names both, so that it cannot disagree about the organization.
  unique (organization_id, project_id)
);
select protect('project');
grant select, insert, update (title, description, state) on project to assay_app;
grant select on project to assay_worker;

create type project_role as enum ('admin', 'reviewer', 'labeler', 'viewer', 'customer');

create table project_member (
  project_id uuid not null,
  organization_id uuid not null,
  account_id uuid not null references account,
  role project_role not null,
  primary key (project_id, account_id, role),
  foreign key (organization_id, project_id) references project (organization_id, project_id)
);
create index project_member_of_account on project_member (account_id, organization_id);
create trigger note_project_member after insert on project_member
  for each row execute function note_grant();
select protect('project_member');
grant select, insert on project_member to assay_app;

-- People see themselves and those who work on what they may see.
alter table account enable row level security;
create policy colleague on account to assay_app using (
  account_id = (select scope_account())
  or (select scope_organizations()) is null
  or account_id in (select m.account_id from project_member m));

-- Looks a session up and, when it is live, opens its scope. One statement a request.
create function enter(
  session uuid,
  out account_id uuid, out username text, out email text, out role public.account_role,
  out organization_id uuid
) language plpgsql security definer as $$
begin
  -- One statement: each of its own would cost as much again.
  select a.account_id, a.username, a.email, a.role, a.organization_id
  into enter.account_id, enter.username, enter.email, enter.role, enter.organization_id
  from public.session s
  join public.account a on a.account_id = s.account_id
  cross join lateral (
    select set_config('assay.account', a.account_id::text, false),
      set_config(
        'assay.organizations',
        case when a.role in ('admin', 'universal') then '*' else a.organizations::text end, false)
    offset 0  -- evaluated, though nobody reads it
  ) scope
  where s.session_id = enter.session
    and s.ended_at is null and s.expires_at > now() and a.is_active;
  if not found then perform public.leave(); end if;
end $$;

revoke execute on function enter from public;
grant execute on function enter to assay_app;

-- Immutable once written: a change is a new version.
create table label_schema (
  schema_id uuid primary key,
  organization_id uuid not null,
  project_id uuid not null,
  version integer not null,
  keys text[] not null,  -- of its classes: what an annotation may say
  created_at timestamptz not null default now(),
  unique (project_id, version),
  foreign key (organization_id, project_id) references project (organization_id, project_id)
);
select protect('label_schema');
grant select, insert on label_schema to assay_app;

create table label_class (
  schema_id uuid not null references label_schema,
  organization_id uuid not null references organization,
  key text not null,  -- what annotations store: a renamed class keeps its key
  name text not null,
  position integer not null,
  primary key (schema_id, key)
);
select protect('label_class');
grant select, insert on label_class to assay_app;

-- Bytes, named by their SHA-256, with what an inspection found in them. One row an organization,
-- one file on disk however many organizations hold it.
create table blob (
  organization_id uuid not null references organization,
  sha256 bytea not null check (octet_length(sha256) = 32),
  size_bytes bigint not null,
  mime text not null,
  width integer not null,   -- upright, in pixels
  height integer not null,
  created_at timestamptz not null default now(),
  inspected_at timestamptz,
  fingerprint bytea,        -- 256 bits, perceptual
  texture double precision, -- standard deviation of luma
  declared jsonb,           -- [{field, value}]: what the file says of its own origin
  fault text,               -- why it could not be inspected
  primary key (organization_id, sha256)
);
select protect('blob');
grant select, insert on blob to assay_app;
grant select, update on blob to assay_worker;

create type item_state as enum
  ('new', 'checking', 'ready', 'labeling', 'contested', 'resolved', 'accepted', 'excluded');

create table item (
  item_id uuid primary key,
  organization_id uuid not null,
  project_id uuid not null,
  sha256 bytea not null,
  filename text not null,
  source_url text,
  state item_state not null default 'new',
  excluded_because text,
  created_by uuid not null references account,
  created_at timestamptz not null default now(),
  constraint item_once_per_project unique (project_id, sha256),
  foreign key (organization_id, project_id) references project (organization_id, project_id),
  foreign key (organization_id, sha256) references blob (organization_id, sha256)
);
create index item_of_project on item (project_id, item_id);
create index item_of_blob on item (organization_id, sha256);
select protect('item');
grant select, insert on item to assay_app;
grant select, update (state) on item to assay_worker;
