-- Leases the caller the next task of one or of all pools; null when there is none.
-- A live lease comes back. Otherwise the items closest to their last answer come first, then the
-- pool's priority, then chance.
create or replace function public.claim_next(wanted uuid) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller uuid := public.scope_account();
  found_task uuid;
  candidate record;
  settings public.pool;
  most integer;
  drawn uuid[] := '{}';
begin
  -- Two requests of one person follow each other, and no removal comes between.
  perform from public.account a
  where a.account_id = caller and a.is_active
    and a.role in ('labeler', 'reviewer', 'admin', 'universal')
  for no key update;
  if not found then raise insufficient_privilege; end if;
  select a.task_id into found_task from public.assignment a
  where a.account_id = caller and a.withdrawn_at is null
    and a.lease_expires_at > now() and a.state in ('leased', 'in_progress')
    and (wanted is null or a.project_id = wanted)
    -- All its items may have been excluded, reported or decided meanwhile.
    and exists (
      select from public.claim c
      join public.pool_item p on p.item_id = c.item_id
      where c.assignment_id = a.assignment_id and c.state = 'leased' and p.state = 'open')
  order by a.lease_expires_at limit 1;
  if found then
    -- Another device has taken it, perhaps since this request began.
    perform public.refresh_scope(caller);
    return found_task;
  end if;
  select l.drawn_pools into most from public.site_limits l;
  -- A site with many pools draws some of them; the others are asked when these have no task.
  for pass in 1..2 loop
    drawn := array(
      select o.project_id from public.pool o
      where o.state = 'open' and (wanted is null or o.project_id = wanted)
        and o.project_id <> all (drawn)
      order by o.priority desc, random()
      limit case pass when 1 then most end);
    for candidate in
      select o.project_id
      from unnest(drawn) as given (project_id)
      join public.pool o on o.project_id = given.project_id
      cross join lateral (
        select t.open_slots from public.task t
        where t.project_id = o.project_id and t.in_pool and t.open_slots > 0
        order by t.open_slots limit 1
      ) first
      order by first.open_slots, o.priority desc, random()
    loop
      -- Pools that have nothing for the caller are not locked: PostgreSQL's table of locks is small.
      select * into settings from public.pool o where o.project_id = candidate.project_id;
      continue when public.may_lease(caller, settings) is not null
        or not public.offers_task(caller, candidate.project_id);
      perform public.pool_lock(candidate.project_id);
      select * into settings from public.pool o where o.project_id = candidate.project_id;
      continue when public.may_lease(caller, settings) is not null;
      found_task := public.claim_in(caller, settings);
      if found_task is not null then return found_task; end if;
    end loop;
    exit when cardinality(drawn) < most;
  end loop;
  return null;
end $$;
revoke execute on function public.claim_next(uuid) from public, assay_app, assay_worker;
grant execute on function public.claim_next(uuid) to assay_app;
