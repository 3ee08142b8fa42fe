-- Consensus: how sure a result is, who decided it, and the items whose answer is known.

-- A labeler gets no more tasks when the accuracy on gold is surely below `gold_floor`.
-- `text_forms` are the forms in which texts are compared.
alter table pool
  add column gold_floor double precision not null default 0.5,
  add column text_forms text[] not null default '{case,letters,digits}',
  -- Set when the settings or the gold change what a fit gives.
  add column refit_at timestamptz,
  add constraint pool_gold_floor check (gold_floor >= 0 and gold_floor < 1);

-- A gold item is resolved from the start, and takes any number of answers.
alter table pool_item
  add column is_gold boolean not null default false,
  drop constraint pool_item_slots,
  add constraint pool_item_slots
    check (answers >= 0 and leases >= 0 and (is_gold or answers + leases <= slots));
drop index pool_item_loose;
create index pool_item_loose on pool_item (project_id, item_id)
  where task_id is null and (state = 'open' or is_gold);
create index pool_item_answered on pool_item (project_id, item_id)
  where state = 'open' and answers > 0;
drop index pool_item_contested;
create index pool_item_decided on pool_item (project_id, item_id)
  where state in ('resolved', 'contested');

-- Items whose answer the customer knows.
create table gold_item (
  item_id uuid primary key references item,
  organization_id uuid not null,
  project_id uuid not null,
  labels text[] not null,
  content text,  -- for texts
  lottery double precision not null default random(),
  created_by uuid not null references account,
  created_at timestamptz not null default now()
);
create index gold_item_of_project on gold_item (project_id, item_id);
create index gold_item_drawn on gold_item (project_id, lottery);
alter table gold_item alter organization_id set (n_distinct = -0.05);
alter table gold_item alter project_id set (n_distinct = -0.05);
-- Stricter than `protect`: labelers of the project see no gold.
alter table gold_item enable row level security;
create policy tenant on gold_item to assay_app
  using ((select runs_site()) or role_in(organization_id) is not null);
create policy worker on gold_item to assay_worker using (true);
grant select, insert, update (labels, content, created_by, created_at), delete on gold_item
  to assay_app;
grant select on gold_item to assay_worker;

-- A contested item has its best guess here, with the state `contested`.
alter table item_label
  add column state pool_item_state not null default 'resolved',
  add column is_calibrated boolean not null default false,
  add column calibrated_on integer not null default 0,  -- items behind the confidence
  add constraint item_label_state check (state in ('resolved', 'contested'));
grant delete on item_label to assay_app;

-- Append-only: what people decided, and what stood there before.
create table decision (
  decision_id uuid primary key,
  organization_id uuid not null,
  project_id uuid not null,
  item_id uuid not null references item,
  account_id uuid not null,
  labels text[] not null,
  content text,
  reason text not null,
  state_before pool_item_state not null,
  labels_before text[],   -- null when there was no result
  content_before text,
  created_at timestamptz not null default now()
);
create index decision_of_item on decision (item_id, decision_id);
create index decision_of_project on decision (project_id, created_at);
alter table decision alter organization_id set (n_distinct = -0.05);
alter table decision alter project_id set (n_distinct = -0.05);
select protect('decision');
grant select, insert on decision to assay_app;
grant select on decision to assay_worker;

-- The last fit of a project's answers. A project of `multi` has a model for each class, its topic;
-- others have one, with the empty topic.
create table consensus_fit (
  project_id uuid primary key references pool,
  organization_id uuid not null,
  temperature double precision not null,
  calibrated_on integer not null,
  fitted_at timestamptz not null,
  took_seconds double precision not null
);
select protect('consensus_fit');
grant select on consensus_fit to assay_app;
grant select, insert, update, delete on consensus_fit to assay_worker;

create table consensus_model (
  project_id uuid not null references pool,
  topic text not null,
  organization_id uuid not null,
  method text not null,
  classes text[] not null,
  prior double precision[] not null,
  average double precision[] not null,  -- the skill of people that the model has not seen
  primary key (project_id, topic)
);
select protect('consensus_model');
grant select on consensus_model to assay_app;
grant select, insert, update, delete on consensus_model to assay_worker;

create table labeler_skill (
  project_id uuid not null,
  topic text not null,
  account_id uuid not null,
  organization_id uuid not null,
  skill double precision[] not null,
  primary key (project_id, account_id, topic)
);
alter table labeler_skill alter account_id set (n_distinct = -0.05);
select protect('labeler_skill');
grant select on labeler_skill to assay_app;
grant select, insert, update, delete on labeler_skill to assay_worker;

-- People who get no more tasks of a project because of their answers to gold.
create table gold_bar (
  project_id uuid not null references pool,
  account_id uuid not null references account,
  organization_id uuid not null,
  correct integer not null,
  answers integer not null,
  barred_at timestamptz not null default now(),
  primary key (project_id, account_id)
);
select protect('gold_bar');
grant select on gold_bar to assay_app;
grant select, insert, update, delete on gold_bar to assay_worker;

-- The items that one person's open reports may hold together.
alter table site_limits
  add column reported_items integer not null default 1000 check (reported_items >= 0);

-- The requests that one organization may have open to the crowd.
alter table site_limits
  add column open_pools integer not null default 1000 check (open_pools >= 0);

-- A letter tells the person who opened the request.
alter table letter
  add column project_id uuid,
  add column labeler_id uuid,
  drop constraint letter_kind_check,
  add constraint letter_kind_check check (
    kind in (
      'password_reset', 'invitation', 'verification', 'address_changed', 'several_claims',
      'labeler_barred'));

-- The latest answer of a project says whether its model is old.
drop index claim_of_project;
create index claim_of_project on claim (project_id, answered_at);

-- It has one more parameter now.
drop function if exists lease_items(uuid, uuid, pool);
