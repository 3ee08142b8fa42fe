-- Makes tasks of a pool's items that have none; true while there are more.
create or replace function public.bundle_pool(project uuid, most integer) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  settings public.pool;
  loose uuid[];
begin
  select * into settings from public.pool o
  where o.project_id = project and o.state = 'open'
    and (session_user <> 'assay_app'
      or coalesce(o.organization_id = any (public.scope_organizations()), true))
  for update;
  if not found then return false; end if;
  loose := array(
    select p.item_id from public.pool_item p
    where p.project_id = project and p.task_id is null and (p.state = 'open' or p.is_gold)
    order by p.item_id limit most
    for no key update);
  if cardinality(loose) = 0 then return false; end if;
  with bundled as (
    select item_id, (place - 1) / settings.items_per_task as bundle,
      (place - 1) % settings.items_per_task + 1 as position
    from unnest(loose) with ordinality as given (item_id, place)
  ), bundle as materialized (
    select b.bundle, public.uuid_v7() as task_id, count(*) as item_count,
      coalesce(max(p.slots - p.answers - p.leases) filter (where p.state = 'open'), 0) as open_slots
    from bundled b join public.pool_item p on p.item_id = b.item_id
    group by b.bundle
  ), made as (
    insert into public.task (
      task_id, organization_id, project_id, schema_id, title, item_count, created_by, in_pool,
      open_slots, lottery)
    select b.task_id, o.organization_id, o.project_id,
      (select s.schema_id from public.label_schema s
       where s.project_id = project order by s.version desc limit 1),
      o.title, b.item_count, settings.opened_by, true, b.open_slots,
      random()
    from bundle b, public.project o
    where o.project_id = project
    returning task_id
  ), moved as (
    update public.pool_item p set task_id = b.task_id
    from bundled d join bundle b on b.bundle = d.bundle
    where p.item_id = d.item_id
  )
  insert into public.task_item (task_id, item_id, organization_id, position)
  select b.task_id, d.item_id, settings.organization_id, d.position
  from bundled d join bundle b on b.bundle = d.bundle join made m on m.task_id = b.task_id;
  return cardinality(loose) = most;
end $$;
revoke execute on function public.bundle_pool(uuid, integer) from public, assay_app, assay_worker;
grant execute on function public.bundle_pool(uuid, integer) to assay_app, assay_worker;
