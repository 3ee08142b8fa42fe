-- Lists the tasks of all pools that the caller may claim, newest first.
-- The first `most` tasks are in the `most` pools whose newest tasks are the newest, so only one task
-- of every other pool is read. The two subqueries are alike: a function with a search path is not
-- inlined, and a call for each pool takes longer. So does the JIT compiler, which the estimated costs
-- would start.
create or replace function public.claimable_tasks(after uuid, most integer)
returns table (
  task_id uuid, project_id uuid, title text, project_title text, description text,
  item_count integer, created_at timestamptz, answer public.answer_kind, points integer
)
language sql stable security definer set jit = off
set search_path = pg_catalog, pg_temp as $$
  with newest as materialized (
    select o.project_id, o.instructions, o.answer, o.points_per_item
    from public.pool o
    cross join lateral (
      select c.task_id from public.task c
      where c.project_id = o.project_id and c.in_pool and c.open_slots > 0 and c.task_id < after
        and not exists (
          select from public.assignment a
          where a.task_id = c.task_id and a.account_id = public.scope_account()
            and a.state <> 'expired')
        and exists (
          select from public.pool_item i
          where i.task_id = c.task_id and i.state = 'open' and i.answers + i.leases < i.slots
            and not exists (
              select from public.annotation n
              where n.item_id = i.item_id and n.account_id = public.scope_account()))
      order by c.task_id desc limit 1
    ) t
    where o.state = 'open' and not public.is_barred(public.scope_account(), o.project_id)
      and not exists (
        select from public.gold_bar b
        where b.project_id = o.project_id and b.account_id = public.scope_account())
      and exists (
        select from public.account a
        where a.account_id = public.scope_account() and a.is_active
          and a.role in ('labeler', 'reviewer', 'admin', 'universal'))
    order by t.task_id desc limit most
  )
  select t.task_id, o.project_id, t.title, p.title, o.instructions, t.item_count, t.created_at,
    o.answer, o.points_per_item
  from newest o
  join public.project p on p.project_id = o.project_id
  cross join lateral (
    select c.task_id, c.title, c.item_count, c.created_at from public.task c
    where c.project_id = o.project_id and c.in_pool and c.open_slots > 0 and c.task_id < after
      and not exists (
        select from public.assignment a
        where a.task_id = c.task_id and a.account_id = public.scope_account()
          and a.state <> 'expired')
      and exists (
        select from public.pool_item i
        where i.task_id = c.task_id and i.state = 'open' and i.answers + i.leases < i.slots
          and not exists (
            select from public.annotation n
            where n.item_id = i.item_id and n.account_id = public.scope_account()))
    order by c.task_id desc limit most
  ) t
  order by t.task_id desc
  limit most
$$;
revoke execute on function public.claimable_tasks(uuid, integer)
  from public, assay_app, assay_worker;
grant execute on function public.claimable_tasks(uuid, integer) to assay_app;
