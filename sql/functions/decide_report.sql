-- Decides a report, also against an earlier decision, and returns the items that left or came back.
-- `seen` is the state that the caller has read. `done`: the decision is made; `same`: it was made
-- before; `changed`: somebody has decided otherwise since; `unknown`: the caller sees no such report.
-- Upheld, the report excludes its items and pays all who answered them. Dismissed, it gives back the
-- items that no other report holds or excludes; what was paid stays paid.
create or replace function public.decide_report(
  report uuid, decision public.report_state, seen public.report_state
) returns table (outcome text, changed uuid[])
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  its public.task_report;
  items uuid[];
  tasks uuid[];
begin
  changed := '{}';
  select r.* into its from public.task_report r
  where r.task_report_id = report
    and coalesce(r.organization_id = any (public.scope_organizations()), true)
    and public.role_in(r.organization_id) is not null
  for no key update;
  outcome := case
    when not found then 'unknown'
    when its.state = decision then 'same'
    when its.state <> seen then 'changed'
    else 'done' end;
  if outcome <> 'done' then
    return next;
    return;
  end if;
  items := array(
    select i.item_id from public.task_item i
    where i.task_id = its.task_id and (its.item_id is null or i.item_id = its.item_id)
    order by i.item_id);
  perform from public.item i where i.item_id = any (items) order by i.item_id for no key update;
  tasks := array(
    select distinct p.task_id from public.pool_item p
    where p.item_id = any (items) and p.task_id is not null
    order by 1);
  perform from public.task t where t.task_id = any (tasks) order by t.task_id for no key update;
  perform from public.pool_item p where p.item_id = any (items)
  order by p.item_id for no key update;
  update public.task_report r
  set state = decision, decided_by = public.scope_account(), decided_at = now()
  where r.task_report_id = report;
  if decision = 'upheld' then
    with gone as (
      update public.item i
      set state_before = i.state, state = 'excluded', excluded_because = 'reported'
      where i.item_id = any (items) and i.state <> 'excluded'
      returning i.item_id
    )
    select coalesce(array_agg(g.item_id order by g.item_id), '{}') into changed from gone g;
    perform public.compensate(items);
    update public.pool_item p set is_settled = true
    where p.item_id = any (items) and not p.is_settled;
  else
    with back as (
      update public.item i
      set state = coalesce(i.state_before, 'ready'), excluded_because = null, state_before = null
      where i.item_id = any (items) and i.excluded_because = 'reported'
        and not public.has_report(i.item_id, i.project_id, 'upheld')
      returning i.item_id
    )
    select coalesce(array_agg(b.item_id order by b.item_id), '{}') into changed from back b;
    -- The answers to an item that was resolved are judged again.
    update public.pool_item p set is_settled = false
    where p.item_id = any (changed) and p.state = 'resolved';
    update public.pool_item p
    set state = case when p.is_gold then 'resolved' else 'open' end::public.pool_item_state,
      is_settled = p.is_settled and not p.is_gold,
      slots = greatest(o.max_labels, p.answers + p.leases)
    from public.pool o
    where o.project_id = p.project_id and p.item_id = any (items) and p.state = 'held'
      and not public.has_report(p.item_id, p.project_id, 'open');
    perform public.promote_surplus(items);
    perform public.recount_tasks(tasks);
  end if;
  return next;
end $$;
revoke execute on function public.decide_report(uuid, public.report_state, public.report_state)
  from public, assay_app, assay_worker;
grant execute on function public.decide_report(uuid, public.report_state, public.report_state)
  to assay_app;
