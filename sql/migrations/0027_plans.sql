-- Statistics and indexes, so that a statement's cost depends on the rows it shows, also with tenants
-- of very unequal size. The last migration gathers the statistics anew, outside of the locks here.

-- The application's statements are planned once for all values, by averages: where few projects hold
-- everything, PostgreSQL takes each for a large part of the table, reads the table until it meets a
-- row, and for an empty project reads all of it. Told that every tenant is small it uses indexes.
-- Workers' statements, planned for their values, still see which tenants are large.
do $$
declare
  tenant record;
begin
  for tenant in
    select a.attrelid::regclass as of_table, a.attname as name
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and a.attname in ('organization_id', 'project_id', 'account_id', 'created_by', 'job_id')
      and not exists (
        select from pg_index i
        where i.indrelid = a.attrelid and i.indisunique and i.indnkeyatts = 1
          and i.indkey[0] = a.attnum and i.indpred is null)
  loop
    execute format(
      'alter table %s alter %I set (n_distinct = -0.05)', tenant.of_table, tenant.name);
  end loop;
end $$;

-- The same bytes may be in every organization, a picture may be labeled by hundreds: neither is to be
-- looked up by itself where more is known.
alter table blob alter sha256 set (n_distinct = -0.1);
alter table annotation alter item_id set (n_distinct = -0.1);

-- A condition on an enum is no condition of an index where row level security filters: its operator
-- is not leakproof. As the predicate of an index it is one.
create index item_new on item (project_id) where state = 'new';
create index task_open on task (project_id) where state = 'open';
create index task_done on task (project_id) where state = 'done';

-- A project of deleted items is as empty as one without. With the organization, which row level
-- security asks for, an index counts by itself.
create index item_present on item (project_id, item_id) include (organization_id)
  where excluded_because is distinct from 'deleted';
create index item_deleted on item (project_id) where excluded_because = 'deleted';
create index item_brought on item (created_by, item_id) include (organization_id)
  where excluded_because is distinct from 'deleted';
create index item_check_in_project on item_check (project_id, item_id) include (organization_id);

-- Whether a chunk was the last of its job is asked once for each.
create index job_chunk_open on job_chunk (job_id) where state in ('pending', 'queued', 'running');

-- From here on reading waits, too: so these stand last.
drop index item_of_creator;
drop index item_check_of_project;
-- For each account that is looked at by an index: as lists they were read whole, of all the site.
alter policy colleague on account using (
  account_id = (select scope_account())
  or (select scope_organizations()) is null
  or exists (select from project_member m where m.account_id = account.account_id offset 0)
  or exists (select from membership m where m.account_id = account.account_id offset 0));
