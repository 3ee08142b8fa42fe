-- Leases an account the free items of a task that it has not answered; false when there are none.
-- Gold is always free; of it at most a number of items is leased, or with null all.
-- The caller has locked the account and the task.
create or replace function public.lease_items(
  task uuid, account uuid, settings public.pool, most_gold integer
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  free uuid[];
  its_assignment uuid;
begin
  free := array(
    select p.item_id from public.pool_item p
    where p.task_id = task
      and (not p.is_gold or most_gold is null or p.item_id in (
        select g.item_id from public.pool_item g
        where g.task_id = task and g.is_gold and not exists (
          select from public.claim c
          where c.item_id = g.item_id and c.account_id = account and c.state <> 'returned')
        order by random() limit most_gold))
      and (p.state = 'open' and p.answers + p.leases < p.slots
        or p.is_gold and p.state = 'resolved')
      and not exists (
        select from public.annotation n where n.item_id = p.item_id and n.account_id = account)
      and not exists (
        select from public.claim c
        where c.item_id = p.item_id and c.account_id = account and c.state <> 'returned')
    order by p.item_id
    for no key update of p);
  if cardinality(free) = 0 then
    -- The number in the task was too high when its items left the pool.
    perform public.recount_tasks(array[task]);
    return false;
  end if;
  insert into public.assignment as a (
    assignment_id, task_id, organization_id, account_id, project_id, schema_id, title,
    project_title, item_count, state, lease_expires_at)
  select public.uuid_v7(), t.task_id, t.organization_id, account, t.project_id, t.schema_id,
    t.title, o.title, cardinality(free), 'leased',
    now() + settings.lease_seconds * interval '1 second'
  from public.task t join public.project o on o.project_id = t.project_id
  where t.task_id = task
  on conflict on constraint assignment_once_per_person do update
    set state = 'leased', lease_expires_at = excluded.lease_expires_at, withdrawn_at = null,
      item_count = a.answered + excluded.item_count
  returning a.assignment_id into its_assignment;
  with given as (
    insert into public.claim as c (
      item_id, account_id, organization_id, project_id, assignment_id, state, points)
    select item_id, account, settings.organization_id, settings.project_id, its_assignment,
      'leased', settings.points_per_item
    from unnest(free) as given (item_id)
    on conflict (item_id, account_id) do update
      set state = 'leased', assignment_id = excluded.assignment_id, points = excluded.points,
        claimed_at = now()
      where c.state = 'returned'
    returning c.item_id
  )
  update public.pool_item p set leases = p.leases + 1 from given g where p.item_id = g.item_id;
  perform public.recount_tasks(array[task]);
  insert into public.project_member (project_id, organization_id, account_id, role)
  values (settings.project_id, settings.organization_id, account, 'labeler')
  on conflict do nothing;
  perform public.refresh_scope(account);
  return true;
end $$;
revoke execute on function public.lease_items(uuid, uuid, public.pool, integer)
  from public, assay_app, assay_worker;
