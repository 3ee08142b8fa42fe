-- Tasks bundle items; assignments give them to people; annotations are what people answer.

create type task_state as enum ('open', 'done', 'cancelled', 'held');

create table task (
  task_id uuid primary key,
  organization_id uuid not null,
  project_id uuid not null,
  schema_id uuid not null references label_schema,
  title text,
  state task_state not null default 'open',
  item_count integer not null,  -- its items never change
  created_by uuid not null references account,
  created_at timestamptz not null default now(),
  foreign key (organization_id, project_id) references project (organization_id, project_id)
);
create index task_of_project on task (project_id, state);
select protect('task');
grant select, insert, update (state) on task to assay_app;

create table task_item (
  task_id uuid not null references task,
  item_id uuid not null references item,
  organization_id uuid not null references organization,
  position integer not null,
  primary key (task_id, item_id)
);
create index task_item_in_order on task_item (task_id, position);
select protect('task_item');
grant select, insert on task_item to assay_app;

create type assignment_state as enum
  ('assigned', 'leased', 'in_progress', 'submitted', 'accepted', 'returned', 'expired', 'released');

-- What a labeler's list shows stands here, too: the list is the page that is opened most, and two
-- joins cost it as much as all the rest. Copied when the task is given; triggers keep what can change.
create table assignment (
  assignment_id uuid primary key,
  task_id uuid not null references task,
  organization_id uuid not null references organization,
  account_id uuid not null references account,
  project_id uuid not null references project,
  schema_id uuid not null references label_schema,
  title text,
  project_title text not null,
  item_count integer not null,
  state assignment_state not null default 'assigned',
  answered integer not null default 0,  -- items with a first answer
  created_at timestamptz not null default now(),
  constraint assignment_once_per_person unique (task_id, account_id)
);
create index assignment_of_account on assignment (account_id, task_id);
create index assignment_of_project on assignment (project_id);

create function rename_assignments() returns trigger language plpgsql security definer as $$
begin
  update public.assignment a set project_title = new.title where a.project_id = new.project_id;
  return null;
end $$;
create trigger project_renamed after update of title on project
  for each row when (new.title is distinct from old.title) execute function rename_assignments();

-- A task is done when somebody has answered all of it.
create function close_task() returns trigger language plpgsql security definer as $$
begin
  update public.task t set state = 'done' where t.task_id = new.task_id and t.state = 'open';
  return null;
end $$;
create trigger assignment_submitted after update of state on assignment
  for each row when (new.state = 'submitted' and old.state <> 'submitted')
  execute function close_task();

select protect('assignment');
grant select, insert, update (state, answered) on assignment to assay_app;

-- Append-only: a changed answer is a new revision, and nothing is ever overwritten.
create table annotation (
  annotation_id uuid primary key,
  -- The assignment's, by which it is copied: a reference would lock the organization's row.
  organization_id uuid not null,
  assignment_id uuid not null references assignment,
  item_id uuid not null references item,
  revision integer not null,
  labels text[] not null,
  created_at timestamptz not null default now(),
  -- Two saves of one picture at the same moment: one waits, fails on this and is repeated.
  constraint annotation_revision_taken unique (assignment_id, item_id, revision)
);
create index annotation_of_item on annotation (item_id);
select protect('annotation');
grant select, insert on annotation to assay_app;
