-- Compares the next items of a project with its pool's settings; true while there are more.
-- New items get slots, open ones get the new number of slots, and answers that people gave before
-- the project was opened are counted.
create or replace function public.fill_pool(project uuid, most integer) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  settings public.pool;
  items uuid[];
begin
  select * into settings from public.pool o
  where o.project_id = project
    and (session_user <> 'assay_app'
      or coalesce(o.organization_id = any (public.scope_organizations()), true))
  for update;
  if not found or settings.state <> 'open' or settings.is_filled then return false; end if;
  items := array(
    select i.item_id from public.item i
    where i.project_id = project and (settings.filled_to is null or i.item_id > settings.filled_to)
    order by i.item_id limit most);
  -- Tasks are locked before items of the pool.
  perform from public.task t
  where t.task_id in (select p.task_id from public.pool_item p where p.item_id = any (items))
  order by t.task_id for no key update;
  insert into public.pool_item as p (
    item_id, organization_id, project_id, slots, is_gold, state, is_settled)
  select i.item_id, i.organization_id, i.project_id, settings.max_labels, g.item_id is not null,
    case when g.item_id is null then 'open' else 'resolved' end::public.pool_item_state,
    g.item_id is null
  from public.item i left join public.gold_item g on g.item_id = i.item_id
  where i.item_id = any (items) and i.state <> 'excluded'
  order by i.item_id
  on conflict (item_id) do update
    set slots = greatest(excluded.slots, p.answers + p.leases)
    where p.state = 'open' and p.slots <> greatest(excluded.slots, p.answers + p.leases);
  -- The first answer of each person counts while there are slots.
  with counted as (
    insert into public.claim (
      item_id, account_id, organization_id, project_id, assignment_id, state, points, claimed_at,
      answered_at)
    select n.item_id, n.account_id, n.organization_id, n.project_id, n.assignment_id, 'surplus',
      settings.points_per_item, n.created_at, n.created_at
    from public.annotation n
    join public.assignment a on a.assignment_id = n.assignment_id
    join public.pool_item p on p.item_id = n.item_id
    where n.item_id = any (items) and n.revision = 1 and settings.answer <> 'text'
      and a.state in ('submitted', 'accepted')
    on conflict (item_id, account_id) do nothing
    returning account_id, (answered_at at time zone 'UTC')::date as day
  ), in_day as (
    insert into public.points_day as d (account_id, day, project_id, organization_id, labeled)
    select c.account_id, c.day, project, settings.organization_id, count(*)
    from counted c group by c.account_id, c.day order by c.account_id, c.day
    on conflict (account_id, day, project_id) do update set labeled = d.labeled + excluded.labeled
  )
  insert into public.points_total as t (account_id, labeled)
  select c.account_id, count(*) from counted c group by c.account_id order by c.account_id
  on conflict (account_id) do update set labeled = t.labeled + excluded.labeled;
  perform public.promote_surplus(items);
  perform public.recount_tasks(array(
    select distinct p.task_id from public.pool_item p
    where p.item_id = any (items) and p.task_id is not null));
  update public.pool o set filled_to = coalesce(items[cardinality(items)], o.filled_to),
    is_filled = cardinality(items) < most
  where o.project_id = project;
  return cardinality(items) = most;
end $$;
revoke execute on function public.fill_pool(uuid, integer) from public, assay_app, assay_worker;
grant execute on function public.fill_pool(uuid, integer) to assay_app, assay_worker;
