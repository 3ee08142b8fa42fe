-- Tells whether a pool may have a task for an account; false is certain.
-- Only the first tasks in the order of choice are read: a pool with more may always have one.
create or replace function public.offers_task(account uuid, project uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
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
end $$;
revoke execute on function public.offers_task(uuid, uuid) from public, assay_app, assay_worker;
