-- Computes the free slots and the state of pool tasks from their items.
-- In PL/pgSQL, which keeps the plan: an SQL function is planned anew by each claim.
create or replace function public.recount_tasks(tasks uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.task t set open_slots = c.open_slots, state = c.state
  from (
    select p.task_id,
      coalesce(max(p.slots - p.answers - p.leases) filter (where p.state = 'open'), 0) as open_slots,
      case
        when bool_or(p.state in ('open', 'held')) then 'open'
        when bool_or(p.state <> 'excluded') then 'done'
        else 'cancelled'
      end::public.task_state as state
    from public.pool_item p
    where p.task_id = any (tasks)
    group by p.task_id
  ) c
  where t.task_id = c.task_id and t.in_pool
    and (t.open_slots, t.state) is distinct from (c.open_slots, c.state);
end $$;
revoke execute on function public.recount_tasks(uuid[]) from public, assay_app, assay_worker;
grant execute on function public.recount_tasks(uuid[]) to assay_app, assay_worker;
