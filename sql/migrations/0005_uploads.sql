-- Uploads that go straight to storage: signed first, completed when the bytes are there.

create type upload_state as enum ('presigned', 'received', 'completed', 'rejected', 'expired');

create table upload (
  upload_id uuid primary key,
  organization_id uuid not null,
  project_id uuid not null,
  account_id uuid not null references account,
  filename text not null,
  content_type text not null,
  state upload_state not null default 'presigned',
  reason text,                 -- why it was rejected
  item_id uuid references item,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  foreign key (organization_id, project_id) references project (organization_id, project_id)
);
-- The sweeper looks for those whose bytes may be thrown away.
create index upload_expiring on upload (expires_at) where state = 'presigned';
select protect('upload');
grant select, insert, update (state, reason, item_id) on upload to assay_app;
grant select, update (state) on upload to assay_worker;
