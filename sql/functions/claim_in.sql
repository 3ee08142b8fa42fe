-- Leases an account the next task of a pool; null when there is none for it.
-- A task with gold comes first when the account has had too little of it; by chance, so that nobody
-- can tell when.
-- A task that the account has, had or gave back is not offered; one whose lease expired is.
-- Tasks that others are claiming at this moment are passed over. Somebody who answered many tasks
-- that are still open would read all of them first: so only some are read in the order of choice,
-- then some of those that nobody has begun, and all of them only when both give nothing.
create or replace function public.claim_in(account uuid, settings public.pool) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  few integer;
  chosen uuid;
  tried uuid[] := '{}';
  stage text;
  deficit double precision := public.gold_deficit(account, settings);
begin
  select l.near_tasks into few from public.site_limits l;
  foreach stage in array array['gold', 'near', 'far', 'all'] loop
    loop
      chosen := null;
      if stage = 'gold' then
        exit when cardinality(tried) > 0 or random() >= deficit / 2;
        chosen := public.find_gold_task(account, settings.project_id);
      elsif stage = 'near' then
        select t.task_id into chosen from (
          select n.task_id, n.open_slots, n.lottery from public.task n
          where n.project_id = settings.project_id and n.in_pool and n.open_slots > 0
          order by n.open_slots, n.lottery limit few
        ) near
        join public.task t on t.task_id = near.task_id and t.in_pool and t.open_slots > 0
        where t.task_id <> all (tried) and not exists (
            select from public.assignment a
            where a.task_id = t.task_id and a.account_id = account and a.state <> 'expired')
        order by near.open_slots, near.lottery limit 1
        for no key update of t skip locked;
      elsif stage = 'far' then
        select t.task_id into chosen from (
          select n.task_id, n.open_slots, n.lottery from public.task n
          where n.project_id = settings.project_id and n.in_pool and n.open_slots > 0
          order by n.open_slots desc, n.lottery desc limit few
        ) far
        join public.task t on t.task_id = far.task_id and t.in_pool and t.open_slots > 0
        where t.task_id <> all (tried) and not exists (
            select from public.assignment a
            where a.task_id = t.task_id and a.account_id = account and a.state <> 'expired')
        order by far.open_slots desc, far.lottery desc limit 1
        for no key update of t skip locked;
      else
        chosen := public.find_task(account, settings.project_id, tried);
      end if;
      exit when chosen is null;
      tried := tried || chosen;
      if exists (
        select from public.assignment a where a.task_id = chosen and a.account_id = account)
      then
        -- A late answer may hold the expired lease, and wait for the task: it goes first.
        perform from public.assignment a where a.task_id = chosen and a.account_id = account
        for no key update skip locked;
        continue when not found;
      end if;
      if public.lease_items(
        chosen, account, settings,
        greatest(floor(deficit + random())::integer, (stage = 'gold')::integer))
      then
        return chosen;
      end if;
    end loop;
  end loop;
  return null;
end $$;
revoke execute on function public.claim_in(uuid, public.pool) from public, assay_app, assay_worker;
