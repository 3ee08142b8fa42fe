-- A site as large as a real one, so that plans are real, and the people and tasks that are
-- measured. Every id is a number padded with zeros: wrk and pgbench can count, not look up.
-- The password of everybody is that of the account `labeler`.
\set ON_ERROR_STOP on
set synchronous_commit = off;

create function pg_temp.id(number bigint) returns uuid language sql immutable as $$
  select lpad(number::text, 32, '0')::uuid
$$;

begin;

-- --- what is not measured -----------------------------------------------------------------
-- organizations 1…200, their owners 1…200, labelers 1001…1500, projects 1…2000
insert into organization (organization_id, name)
select pg_temp.id(1e9::bigint + n), 'Organization ' || n from generate_series(1, 200) n;

insert into account (account_id, username, password_hash, role)
select pg_temp.id(2e9::bigint + n), 'bench-' || n, l.password_hash,
  (case when n <= 200 then 'customer' else 'labeler' end)::account_role
from account l, generate_series(1, 2200) n
where l.username = 'labeler' and (n <= 200 or n > 1000);

insert into membership (organization_id, account_id, role)
select pg_temp.id(1e9::bigint + n), pg_temp.id(2e9::bigint + n), 'owner'
from generate_series(1, 200) n;

-- 2001…2010 hold what GET /tasks lists, 2011…2014 what POST labels writes to.
create temp table bench_project as
select n, pg_temp.id(3e9::bigint + n) as project_id, pg_temp.id(4e9::bigint + n) as schema_id,
  pg_temp.id(1e9::bigint + 1 + case when n <= 2000 then n % 200 else n / 5 % 3 end)
    as organization_id,
  pg_temp.id(2e9::bigint + 1 + case when n <= 2000 then n % 200 else n / 5 % 3 end) as owner_id,
  case when n <= 2000 then 50 when n <= 2010 then 100 else 1000 end as items
from generate_series(1, 2014) n;

insert into project (project_id, organization_id, title, description, created_by)
select project_id, organization_id, 'Street scenes, part ' || n, 'Which of these are seen?', owner_id
from bench_project;

insert into label_schema (schema_id, organization_id, project_id, version, keys)
select schema_id, organization_id, project_id, 1,
  array['class-1', 'class-2', 'class-3', 'class-4', 'class-5']
from bench_project;

insert into label_class (schema_id, organization_id, key, name, position)
select schema_id, organization_id, 'class-' || c, 'class-' || c, c
from bench_project, generate_series(1, 5) c;

create temp table bench_item as
select p.*, i, pg_temp.id(5e9::bigint + p.n * 1000 + i) as item_id,
  sha256(int8send(p.n * 1000 + i)) as sha256
from bench_project p, generate_series(0, p.items - 1) i;

-- There are no files, and nobody is to look for them to make previews.
insert into blob (organization_id, sha256, size_bytes, mime, width, height, previewed_at)
select organization_id, sha256, 200000, 'image/jpeg', 1280, 853, now() from bench_item;

insert into item (item_id, organization_id, project_id, sha256, filename, created_by)
select item_id, organization_id, project_id, sha256, 'picture-' || i || '.jpg', owner_id
from bench_item;

-- Ten tasks of five pictures a project, two labelers each.
create temp table bench_task as
select p.n, p.organization_id, p.project_id, p.schema_id, p.owner_id, k as number,
  pg_temp.id(6e9::bigint + p.n * 1000 + k) as task_id, 5 as size, k * 5 as first
from bench_project p, generate_series(0, 9) k
where p.n <= 2000;

create temp table bench_assignment as
select t.*, pg_temp.id(7e9::bigint + t.n * 1000 + t.number * 2 + l) as assignment_id,
  pg_temp.id(2e9::bigint + 1001 + (t.n / 4 + l * 250) % 500) as account_id, 5 as answered
from bench_task t, generate_series(0, 1) l;

-- --- what is measured ---------------------------------------------------------------------
-- GET /tasks: labeler 2001, 50 tasks of 20 pictures in ten projects of three organizations.
insert into bench_task
select p.n, p.organization_id, p.project_id, p.schema_id, p.owner_id, k,
  pg_temp.id(6e9::bigint + p.n * 1000 + k), 20, k * 20
from bench_project p, generate_series(0, 4) k
where p.n between 2001 and 2010;
insert into bench_assignment
select t.*, pg_temp.id(7e9::bigint + t.n * 1000 + t.number), pg_temp.id(2000002001), 0
from bench_task t
where t.n between 2001 and 2010;

-- GET /tasks/{id}: labeler 2002, one task of 100 pictures, half of them answered.
insert into bench_task
select p.n, p.organization_id, p.project_id, p.schema_id, p.owner_id, 900,
  pg_temp.id(6002001900), 100, 0
from bench_project p
where p.n = 2001;
insert into bench_assignment
select t.*, pg_temp.id(7002001900), pg_temp.id(2000002002), 50
from bench_task t
where t.task_id = pg_temp.id(6002001900);

-- POST labels: labelers 2101…2132, each 200 tasks of 20 pictures: task 6e9 + l × 1000 + k has
-- the pictures 20k…20k+19 of the 4,000 in projects 2011…2014.
insert into bench_task
select p.n, p.organization_id, p.project_id, p.schema_id, p.owner_id, k,
  pg_temp.id(6e9::bigint + l * 1000 + k), 20, k % 50 * 20
from generate_series(2101, 2132) l, generate_series(0, 199) k
join bench_project p on p.n = 2011 + k / 50;
insert into bench_assignment
select t.*, pg_temp.id(7e9::bigint + l * 1000 + t.number), pg_temp.id(2e9::bigint + l), 0
from generate_series(2101, 2132) l
join bench_task t
  on t.n >= 2011 and t.task_id = pg_temp.id(6e9::bigint + l * 1000 + t.number);

insert into task (
  task_id, organization_id, project_id, schema_id, title, state, item_count, created_by)
select task_id, organization_id, project_id, schema_id, 'Batch ' || number,
  (case when n <= 2000 then 'done' else 'open' end)::task_state, size, owner_id
from bench_task;

insert into task_item (task_id, item_id, organization_id, position)
select t.task_id, i.item_id, t.organization_id, i.i - t.first
from bench_task t
join bench_item i on i.n = t.n and i.i >= t.first and i.i < t.first + t.size;

insert into assignment (
  assignment_id, task_id, organization_id, account_id, project_id, schema_id, title,
  project_title, item_count, state, answered)
select assignment_id, task_id, organization_id, account_id, project_id, schema_id,
  'Batch ' || number, 'Street scenes, part ' || n, size,
  (case when answered = size then 'submitted' when answered > 0 then 'in_progress'
    else 'assigned' end)::assignment_state, answered
from bench_assignment;

insert into project_member (project_id, organization_id, account_id, role)
select distinct project_id, organization_id, account_id, 'labeler'::project_role
from bench_assignment;

-- 200,000 answers, and half of the task of 100 pictures.
insert into annotation (
  annotation_id, organization_id, project_id, assignment_id, account_id, item_id, revision, labels)
select uuid_v7(), a.organization_id, a.project_id, a.assignment_id, a.account_id, i.item_id, 1,
  '{class-1,class-3}'
from bench_assignment a
join bench_item i on i.n = a.n and i.i >= a.first and i.i < a.first + a.answered;

-- pgbench cannot sign in; one session each for the labelers that it acts for.
insert into session (session_id, account_id, refresh_hash, expires_at)
select pg_temp.id(9e9::bigint + n), pg_temp.id(2e9::bigint + n), sha256(int8send(n)),
  now() + interval '1 day'
from generate_series(2001, 2132) n;

-- Where the upload goes.
insert into project (project_id, organization_id, title, description, created_by)
select pg_temp.id(3000009999), m.organization_id, 'Uploads', 'Uploads', m.account_id
from account a join membership m on m.account_id = a.account_id
where a.username = 'customer';

commit;
vacuum analyze;
