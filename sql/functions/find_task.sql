-- Locks and returns any task of a pool that an account may claim; null when there is none.
-- It reads two indexes in the order of the tasks, side by side, and stops at the first. The planner
-- expects few rows of a project and of an account, and would compare each with each.
create or replace function public.find_task(account uuid, project uuid, tried uuid[])
returns uuid
language sql security definer set enable_nestloop = off set enable_hashjoin = off
set search_path = pg_catalog, pg_temp as $$
  select t.task_id from public.task t
  where t.project_id = project and t.in_pool and t.open_slots > 0 and t.task_id <> all (tried)
    and not exists (
      select from public.assignment a
      where a.task_id = t.task_id and a.account_id = account and a.state <> 'expired')
  order by t.task_id limit 1
  for no key update of t skip locked
$$;
revoke execute on function public.find_task(uuid, uuid, uuid[]) from public, assay_app, assay_worker;
