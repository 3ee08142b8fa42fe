-- A project can be opened to the crowd: its pool gives every item to several people.

create type pool_state as enum ('open', 'closed');
create type answer_kind as enum ('choice', 'multi', 'text');

-- The settings of an opened project.
create table pool (
  project_id uuid primary key,
  organization_id uuid not null,
  state pool_state not null default 'open',
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
  -- The last item that was compared with these settings; null before the first.
  filled_to uuid,
  is_filled boolean not null default false,
  opened_by uuid not null references account,
  opened_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  foreign key (organization_id, project_id) references project (organization_id, project_id),
  constraint pool_bounds check (
    min_labels between 1 and max_labels and max_labels <= 100
    and target_confidence > 0.5 and target_confidence < 1
    and lease_seconds between 1 and 604800 and points_per_item between 0 and 10000
    and items_per_task between 1 and 1000 and leases_per_person between 1 and 100
    and gold_rate >= 0 and gold_rate <= 0.5)
);
create index pool_open on pool (priority desc, project_id) where state = 'open';
create index pool_unfilled on pool (project_id) where state = 'open' and not is_filled;
select protect('pool');
grant select, insert, update on pool to assay_app;
grant select, update on pool to assay_worker;

-- `held`: reported, until somebody decides. `contested`: its slots are full and the answers disagree.
create type pool_item_state as enum ('open', 'held', 'resolved', 'contested', 'excluded');

-- The slots of an item: at most so many people answer it.
create table pool_item (
  item_id uuid primary key references item,
  organization_id uuid not null,
  project_id uuid not null,
  task_id uuid references task,  -- null until a task has it
  state pool_item_state not null default 'open',
  slots smallint not null,
  answers smallint not null default 0,
  leases smallint not null default 0,
  is_settled boolean not null default true,  -- false while points of a resolved item are due
  constraint pool_item_slots check (answers >= 0 and leases >= 0 and answers + leases <= slots)
) with (fillfactor = 80);
create index pool_item_of_task on pool_item (task_id);
create index pool_item_of_project on pool_item (project_id, state);
create index pool_item_loose on pool_item (project_id, item_id)
  where task_id is null and state = 'open';
create index pool_item_full on pool_item (project_id, item_id)
  where state = 'open' and answers >= slots;
create index pool_item_unsettled on pool_item (item_id) where not is_settled;
create index pool_item_contested on pool_item (project_id) where state = 'contested';
alter table pool_item alter organization_id set (n_distinct = -0.05);
alter table pool_item alter project_id set (n_distinct = -0.05);
alter table pool_item alter task_id set (n_distinct = -0.1);
select protect('pool_item');
grant select, insert, update on pool_item to assay_app, assay_worker;

-- `returned`: the lease ended without an answer. `surplus`: an answer without a slot.
create type claim_state as enum ('leased', 'counted', 'surplus', 'returned');

-- One person's place on one item of a pool: nobody has two.
create table claim (
  item_id uuid not null,
  account_id uuid not null,
  organization_id uuid not null,
  project_id uuid not null,
  assignment_id uuid not null,
  state claim_state not null,
  points integer not null,   -- what a right answer is worth
  claimed_at timestamptz not null default now(),
  answered_at timestamptz,
  seconds real,              -- as the client measured
  is_right boolean,          -- null until the item's points are settled
  paid integer not null default 0,  -- the settled points that the ledger has for it
  primary key (item_id, account_id)
) with (fillfactor = 80);
create index claim_of_assignment on claim (assignment_id, item_id);
create index claim_of_account on claim (account_id, answered_at);
create index claim_of_project on claim (project_id);
alter table claim alter item_id set (n_distinct = -0.1);
alter table claim alter account_id set (n_distinct = -0.05);
alter table claim alter organization_id set (n_distinct = -0.05);
alter table claim alter project_id set (n_distinct = -0.05);
alter table claim alter assignment_id set (n_distinct = -0.1);
select protect('claim');
grant select, insert, update on claim to assay_app, assay_worker;

-- The one trusted answer of an item.
create table item_label (
  item_id uuid primary key references item,
  organization_id uuid not null,
  project_id uuid not null,
  labels text[] not null,
  content text,             -- for texts
  confidence double precision not null,
  method text not null,
  votes smallint not null,  -- the counted answers
  decided_by uuid references account,  -- null for a rule
  decided_at timestamptz not null default now()
);
create index item_label_of_project on item_label (project_id, item_id);
alter table item_label alter organization_id set (n_distinct = -0.05);
alter table item_label alter project_id set (n_distinct = -0.05);
select protect('item_label');
grant select, insert, update on item_label to assay_app, assay_worker;

-- A text answer; an answer of a person has the same item and account in all its revisions.
-- The default serves processes of the last version, which name no account.
alter table annotation
  add column content text,
  add column account_id uuid default scope_account();
update annotation n set account_id = a.account_id
from assignment a where a.assignment_id = n.assignment_id;
alter table annotation drop constraint annotation_revision_taken;
-- Somebody who answered an item in two tasks has one answer: the first, and later revisions of it.
update annotation n set revision = numbered.revision
from (
  select annotation_id,
    row_number() over (partition by item_id, account_id order by annotation_id) as revision
  from annotation
) numbered
where numbered.annotation_id = n.annotation_id and n.revision <> numbered.revision;
alter table annotation
  alter account_id set not null,
  alter account_id set (n_distinct = -0.05),
  add constraint annotation_revision_taken unique (item_id, account_id, revision);
create index annotation_of_assignment on annotation (assignment_id, item_id desc, revision desc);
drop index annotation_of_item;
grant select on annotation, assignment, label_schema to assay_worker;
grant select, update (state) on task to assay_worker;

-- A task of a pool is claimed by anybody, for a time; `open_slots` is the largest number of free
-- slots of its open items.
alter table task
  add column in_pool boolean not null default false,
  add column open_slots smallint not null default 0,
  add column lottery double precision not null default 0;
create index task_claimable on task (project_id, open_slots, lottery)
  where in_pool and open_slots > 0;
create index task_in_pool on task (project_id, task_id) where in_pool and open_slots > 0;

-- The numbers of pools and tasks that a claim reads first: see `claim_next` and `claim_in`.
alter table site_limits
  add column drawn_pools integer not null default 64,
  add column near_tasks integer not null default 64;

-- Null for an appointed labeler.
alter table assignment add column lease_expires_at timestamptz;
create index assignment_leased on assignment (lease_expires_at)
  where lease_expires_at is not null and state in ('leased', 'in_progress');
create index assignment_lease_of_account on assignment (account_id, lease_expires_at)
  where lease_expires_at is not null and state in ('leased', 'in_progress');
create index assignment_withdrawn on assignment (account_id, project_id)
  where withdrawn_at is not null;
grant update (lease_expires_at, item_count) on assignment to assay_app;
grant update (state, answered, lease_expires_at, item_count) on assignment to assay_worker;

-- `provisional` entries are taken back when the item is settled.
create type points_kind as enum ('provisional', 'settled', 'compensation', 'bonus');

-- Append-only: the total of a person is the sum of the entries.
create table points_entry (
  points_entry_id uuid primary key default uuid_v7(),
  account_id uuid not null,
  organization_id uuid,  -- null for bonuses
  project_id uuid,
  item_id uuid,
  kind points_kind not null,
  points integer not null,
  earned_on date not null default (now() at time zone 'UTC')::date,
  created_at timestamptz not null default now()
);
create index points_entry_of_account on points_entry (account_id, kind, earned_on);
create index points_entry_of_item on points_entry (item_id, account_id);
alter table points_entry alter account_id set (n_distinct = -0.05);
alter table points_entry alter organization_id set (n_distinct = -0.05);
alter table points_entry alter item_id set (n_distinct = -0.1);
alter table points_entry enable row level security;
create policy own on points_entry to assay_app using (
  account_id = (select scope_account())
  or (select scope_organizations()) is null
  or organization_id = any ((select scope_organizations())::uuid[]));
create policy worker on points_entry to assay_worker using (true);
grant select on points_entry to assay_app;
grant select, insert on points_entry to assay_worker;

-- Sums of `points_entry` and `claim` by person, project and day (UTC), written in the transaction of
-- what they sum up.
create table points_day (
  account_id uuid not null references account,
  day date not null,
  project_id uuid not null,  -- all zeros for bonuses
  organization_id uuid,
  points bigint not null default 0,       -- settled, with bonuses
  provisional bigint not null default 0,
  labeled integer not null default 0,     -- answers given
  settled integer not null default 0,     -- answers that were judged
  correct integer not null default 0,
  primary key (account_id, day, project_id)
) with (fillfactor = 80);
create index points_day_of_day on points_day (day, account_id);
create index points_day_of_project on points_day (project_id, day);
alter table points_day alter account_id set (n_distinct = -0.05);
alter table points_day alter project_id set (n_distinct = -0.05);
alter table points_day enable row level security;
create policy own on points_day to assay_app using (
  account_id = (select scope_account())
  or (select scope_organizations()) is null
  or organization_id = any ((select scope_organizations())::uuid[]));
create policy worker on points_day to assay_worker using (true);
grant select on points_day to assay_app;
grant select, insert, update on points_day to assay_worker;

-- The same sums of a person over all days and projects.
create table points_total (
  account_id uuid primary key references account,
  points bigint not null default 0,
  provisional bigint not null default 0,
  labeled bigint not null default 0,
  settled bigint not null default 0,
  correct bigint not null default 0
) with (fillfactor = 80);
create index points_total_ranked on points_total (points desc);
alter table points_total enable row level security;
create policy own on points_total to assay_app using (account_id = (select scope_account()));
create policy worker on points_total to assay_worker using (true);
grant select on points_total to assay_app;
grant select, insert, update on points_total to assay_worker;

-- A week's bonus in percent of its settled points, for at least this share of right answers and
-- this number of judged answers; the greatest percentage counts.
create table consistency_bonus (
  accuracy numeric(4, 3) primary key,
  answers integer not null,
  percent smallint not null,
  constraint consistency_bonus_numbers check (
    accuracy > 0 and accuracy <= 1 and answers > 0 and percent between 1 and 100)
);
insert into consistency_bonus (accuracy, answers, percent) values (0.90, 50, 10), (0.97, 50, 20);
alter table consistency_bonus enable row level security;
create policy worker on consistency_bonus to assay_worker using (true);
grant select on consistency_bonus to assay_worker;

-- Whether the leaderboard hides the name.
alter table account add column is_anonymous boolean not null default false;
grant select (is_anonymous) on account to assay_app;

create type report_state as enum ('open', 'upheld', 'dismissed');

-- A labeler says that an item, or all of a task, cannot be labelled.
create table task_report (
  task_report_id uuid primary key,
  organization_id uuid not null,
  project_id uuid not null,
  task_id uuid not null references task,
  item_id uuid references item,  -- null for all items of the task
  account_id uuid not null references account,
  reason text not null,
  details text,
  state report_state not null default 'open',
  created_at timestamptz not null default now(),
  decided_by uuid references account,
  decided_at timestamptz
);
create index task_report_of_project on task_report (project_id, task_report_id);
create unique index task_report_open_once on task_report (task_id, account_id, item_id)
  nulls not distinct where state = 'open';
create index task_report_open on task_report (task_report_id) where state = 'open';
-- The reports that hold or exclude an item: its own ones, and those of all of a task.
create index task_report_of_item on task_report (item_id) where state <> 'dismissed';
create index task_report_of_whole_task on task_report (project_id)
  where item_id is null and state <> 'dismissed';
create index task_report_of_account on task_report (account_id) where state = 'open';
alter table task_report alter organization_id set (n_distinct = -0.05);
alter table task_report alter project_id set (n_distinct = -0.05);
select protect('task_report');
grant select, insert, update (state, decided_by, decided_at) on task_report to assay_app;

-- The open reports that one person may have.
alter table site_limits
  add column open_reports integer not null default 50 check (open_reports >= 0);

-- The answers to requests with an Idempotency-Key, for a day.
create table repeated_request (
  account_id uuid not null references account,
  key text not null,
  request_hash bytea not null,  -- of method, path and body
  status smallint,              -- null until the answer is known, in the same transaction
  body text,
  created_at timestamptz not null default now(),
  primary key (account_id, key)
);
create index repeated_request_old on repeated_request (created_at);
alter table repeated_request alter account_id set (n_distinct = -0.05);
alter table repeated_request enable row level security;
create policy own on repeated_request to assay_app using (account_id = (select scope_account()));
create policy worker on repeated_request to assay_worker using (true);
grant select, insert, update (status, body) on repeated_request to assay_app;
grant select, delete on repeated_request to assay_worker;
