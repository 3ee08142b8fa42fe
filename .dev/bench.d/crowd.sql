-- Two projects with a million open pictures each, for 500 labelers, in the database of seed.sql. The
-- tasks of project 3000009001 have one picture, those of 3000009010 have ten. A superuser runs it,
-- without triggers: they would take minutes.
\set ON_ERROR_STOP on
set session_replication_role = replica;
set synchronous_commit = off;

create function pg_temp.id(number bigint) returns uuid language sql immutable as $$
  select lpad(number::text, 32, '0')::uuid
$$;

begin;

insert into organization (organization_id, name) values (pg_temp.id(1000009000), 'Crowd');

-- Labelers 3001…3500 share the work. 3901 has answered 20,000 tasks that are still open, 3902 has
-- answered all tasks of the small project 3000009900.
insert into account (account_id, username, password_hash, role)
select pg_temp.id(2e9::bigint + n), 'bench-' || n, l.password_hash, 'labeler'
from account l, (select generate_series(3001, 3500) union select generate_series(3901, 3902)) g (n)
where l.username = 'labeler';

create temp table crowd_project as
select pg_temp.id(3e9::bigint + n) as project_id, pg_temp.id(4e9::bigint + n) as schema_id,
  pg_temp.id(1000009000) as organization_id, n, per_task, items
from (values (9001, 1, :items), (9010, 10, :items), (9900, 1, 20000)) v (n, per_task, items);

insert into project (project_id, organization_id, title, description, created_by)
select project_id, organization_id, 'Crowd ' || n, '', pg_temp.id(2000000001) from crowd_project;

insert into label_schema (schema_id, organization_id, project_id, version, keys)
select schema_id, organization_id, project_id, 1, '{cat,dog}' from crowd_project;

insert into label_class (schema_id, organization_id, key, name, position)
select schema_id, organization_id, c.name, c.name, c.position
from crowd_project, (values ('cat', 1), ('dog', 2)) c (name, position);

insert into pool (
  project_id, organization_id, answer, min_labels, max_labels, target_confidence, lease_seconds,
  points_per_item, items_per_task, leases_per_person, gold_rate, instructions, filled_to, is_filled,
  opened_by)
select project_id, organization_id, 'choice', 3, 3, 0.9, 3600, 1, per_task, 3, 0, '',
  pg_temp.id(5e9::bigint + n * 1e7::bigint + items), true, pg_temp.id(2000000001)
from crowd_project;

-- One picture's bytes are enough: no one reads them.
insert into blob (organization_id, sha256, size_bytes, mime, width, height, previewed_at)
values (pg_temp.id(1000009000), sha256('crowd'), 200000, 'image/jpeg', 1280, 853, now());

create temp table crowd_item as
select pg_temp.id(5e9::bigint + n * 1e7::bigint + i) as item_id,
  pg_temp.id(6e9::bigint + n * 1e7::bigint + i / per_task) as task_id,
  i % per_task + 1 as position, n, i, organization_id, project_id, schema_id, per_task
from crowd_project, generate_series(0, items - 1) i;

insert into item (item_id, organization_id, project_id, sha256, filename, created_by)
select item_id, organization_id, project_id, sha256(int8send(n * 1e7::bigint + i)),
  'picture-' || i || '.jpg', pg_temp.id(2000000001)
from crowd_item;

insert into task (
  task_id, organization_id, project_id, schema_id, title, item_count, created_by, in_pool,
  open_slots, lottery, packed_items)
select task_id, organization_id, project_id, schema_id, 'Crowd ' || n, per_task,
  pg_temp.id(2000000001), true, 3, (random() * 2147483646)::integer, packed.items
from crowd_item
cross join lateral (
  select string_agg(
    uuid_send(pg_temp.id(5e9::bigint + n * 1e7::bigint + i + other)) || sha256('crowd')
      || '\x000a'::bytea || 'image/jpeg'::bytea, '' order by other) as items
  from generate_series(0, per_task - 1) other
) packed
where position = 1;

insert into task_item (task_id, item_id, organization_id, position)
select task_id, item_id, organization_id, position from crowd_item;

insert into pool_item (item_id, organization_id, project_id, task_id, slots)
select item_id, organization_id, project_id, task_id, 3 from crowd_item;

create temp table crowd_answer as
select *, pg_temp.id(7e9::bigint + n * 1e7::bigint + i) as assignment_id,
  pg_temp.id(case n when 9001 then 2000003901 else 2000003902 end) as account_id
from crowd_item
where n in (9001, 9900) and i < 20000;

insert into assignment (
  assignment_id, task_id, organization_id, account_id, project_id, schema_id, title,
  project_title, item_count, state, answered, lease_expires_at)
select assignment_id, task_id, organization_id, account_id, project_id, schema_id, 'Crowd ' || n,
  'Crowd ' || n, 1, 'submitted', 1, now()
from crowd_answer;

insert into claim (
  item_id, account_id, organization_id, project_id, assignment_id, state, points, answered_at)
select item_id, account_id, organization_id, project_id, assignment_id, 'counted', 1, now()
from crowd_answer;

insert into annotation (
  annotation_id, organization_id, project_id, assignment_id, account_id, item_id, revision, labels)
select uuid_v7(), organization_id, project_id, assignment_id, account_id, item_id, 1, '{cat}'
from crowd_answer;

update pool_item p set answers = 1 from crowd_answer a where p.item_id = a.item_id;
update task t set open_slots = 2 from crowd_answer a where t.task_id = a.task_id;

insert into project_member (project_id, organization_id, account_id, role)
select distinct project_id, organization_id, account_id, 'labeler'::project_role
from crowd_answer;

-- pgbench cannot sign in.
insert into session (session_id, account_id, refresh_hash, expires_at)
select pg_temp.id(9e9::bigint + n), pg_temp.id(2e9::bigint + n), sha256(int8send(n)),
  now() + interval '1 day'
from generate_series(3001, 3500) n;

update account a set organizations = array[pg_temp.id(1000009000)]
where a.account_id in (select account_id from crowd_answer);

commit;
vacuum analyze task, task_item, item, pool_item, claim, assignment, annotation;
