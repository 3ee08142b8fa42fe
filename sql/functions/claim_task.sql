-- Leases the caller a task of a pool, and returns what came of it.
-- `mine`: the lease was there already; `claimed`; `taken`: no free slot is left for the caller;
-- `closed`, `barred`, `full`: see `may_lease`; `unknown`: there is no such task in a pool.
create or replace function public.claim_task(task uuid) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller uuid := public.scope_account();
  project uuid;
  settings public.pool;
  refusal text;
begin
  -- Two requests of one person follow each other, and no removal comes between.
  perform from public.account a
  where a.account_id = caller and a.is_active
    and a.role in ('labeler', 'reviewer', 'admin', 'universal')
  for no key update;
  if not found then raise insufficient_privilege; end if;
  select t.project_id into project from public.task t where t.task_id = task and t.in_pool;
  if not found then return 'unknown'; end if;
  perform public.pool_lock(project);
  select * into settings from public.pool o where o.project_id = project;
  perform from public.assignment a
  where a.task_id = task and a.account_id = caller for no key update;
  if exists (
    select from public.assignment a
    where a.task_id = task and a.account_id = caller and a.withdrawn_at is null
      and a.state in ('leased', 'in_progress') and a.lease_expires_at > now())
  then
    -- Another device has taken it, perhaps since this request began.
    perform public.refresh_scope(caller);
    return 'mine';
  end if;
  refusal := public.may_lease(caller, settings);
  if refusal is not null then return refusal; end if;
  -- A lease that expired a moment ago has not been ended yet: it goes on.
  update public.assignment a
  set lease_expires_at = now() + settings.lease_seconds * interval '1 second'
  where a.task_id = task and a.account_id = caller and a.withdrawn_at is null
    and a.state in ('leased', 'in_progress');
  if found then return 'claimed'; end if;
  -- The answers of the same transaction lock items, which come before tasks.
  perform from public.item i
  where i.item_id in (select c.item_id from public.task_item c where c.task_id = task)
  order by i.item_id for no key update;
  perform from public.task t where t.task_id = task for no key update;
  return case when public.lease_items(task, caller, settings, null) then 'claimed' else 'taken' end;
end $$;
revoke execute on function public.claim_task(uuid) from public, assay_app, assay_worker;
grant execute on function public.claim_task(uuid) to assay_app;
