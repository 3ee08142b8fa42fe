-- Returns a task that the caller may claim, with the items that the lease would have.
create or replace function public.claimable_task(wanted uuid)
returns table (
  task_id uuid, project_id uuid, title text, classes text[], packed_items bytea, items uuid[],
  answer public.answer_kind, instructions text, points integer
)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select t.task_id, t.project_id, t.title,
    array(
      select c.name from public.label_class c
      where c.schema_id = t.schema_id order by c.position),
    t.packed_items, free.items, o.answer, o.instructions, o.points_per_item
  from public.task t
  join public.pool o on o.project_id = t.project_id and o.state = 'open'
  cross join lateral (
    select array_agg(p.item_id) as items from public.pool_item p
    where p.task_id = t.task_id
      and (p.state = 'open' and p.answers + p.leases < p.slots
        or p.is_gold and p.state = 'resolved')
      and not exists (
        select from public.annotation n
        where n.item_id = p.item_id and n.account_id = public.scope_account())
  ) free
  where t.task_id = wanted and t.in_pool and free.items is not null
    and not public.is_barred(public.scope_account(), t.project_id)
    and not exists (
      select from public.gold_bar b
      where b.project_id = t.project_id and b.account_id = public.scope_account())
    and exists (
      select from public.account a
      where a.account_id = public.scope_account() and a.is_active
        and a.role in ('labeler', 'reviewer', 'admin', 'universal'))
$$;
revoke execute on function public.claimable_task(uuid) from public, assay_app, assay_worker;
grant execute on function public.claimable_task(uuid) to assay_app;
