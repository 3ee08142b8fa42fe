-- Gives answers of an assignment their slots, and returns the items that have enough answers for a
-- decision.
-- `answered` are the items of its task that the account has just answered; with `ending`, the
-- assignment gets that state, answers that it saved count as well, and its other leases go back. An
-- answer without a free slot is kept as surplus. Gold has a slot for everybody.
create or replace function public.count_answers(
  assignment uuid, answered uuid[], given_seconds real[], ending public.assignment_state
) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  its public.assignment;
  saved uuid[];
  returned uuid[] := '{}';
  tasks uuid[];
  today date := (now() at time zone 'UTC')::date;
begin
  select * into its from public.assignment a
  where a.assignment_id = assignment
    and (session_user <> 'assay_app'
      or coalesce(a.organization_id = any (public.scope_organizations()), true))
  for no key update;
  if not found then return '{}'; end if;
  saved := array(
    select i.item_id from public.task_item i
    where i.task_id = its.task_id and i.item_id = any (answered)
    union
    select c.item_id from public.claim c
    where ending is not null and c.assignment_id = assignment and c.state = 'leased'
      and exists (
        select from public.annotation n
        where n.item_id = c.item_id and n.account_id = its.account_id)
    order by 1);
  if ending is not null then
    returned := array(
      select c.item_id from public.claim c
      where c.assignment_id = assignment and c.state = 'leased' and c.item_id <> all (saved)
      order by c.item_id);
  end if;
  -- Items before tasks, tasks before items of the pool: the order of locks.
  -- An item that goes back may be decided by a surplus answer that gets its slot.
  perform from public.item i where i.item_id = any (saved || returned)
  order by i.item_id for no key update;
  tasks := array(
    select distinct p.task_id from public.pool_item p
    where p.item_id = any (saved || returned) and p.task_id is not null
    order by 1);
  perform from public.task t where t.task_id = any (tasks) order by t.task_id for no key update;
  perform from public.pool_item p where p.item_id = any (saved || returned)
  order by p.item_id for no key update;

  with place as materialized (
    select p.item_id, c.state as was, coalesce(c.points, o.points_per_item) as points,
      p.is_gold and p.state = 'resolved' or p.state = 'open'
        and (c.state = 'leased' or p.answers + p.leases < p.slots) as counts,
      c.answered_at is null as is_first
    from public.pool_item p
    join public.pool o on o.project_id = p.project_id
    left join public.claim c on c.item_id = p.item_id and c.account_id = its.account_id
    where p.item_id = any (saved) and c.state is distinct from 'counted'
  ), written as (
    insert into public.claim as c (
      item_id, account_id, organization_id, project_id, assignment_id, state, points, answered_at,
      seconds)
    select l.item_id, its.account_id, its.organization_id, its.project_id, assignment,
      case when l.counts then 'counted' else 'surplus' end::public.claim_state, l.points, now(),
      (select s.seconds from unnest(answered, given_seconds) as s (item_id, seconds)
       where s.item_id = l.item_id limit 1)
    from place l
    order by l.item_id
    on conflict (item_id, account_id) do update
      set state = excluded.state, answered_at = coalesce(c.answered_at, excluded.answered_at),
        seconds = coalesce(excluded.seconds, c.seconds)
  ), filled as (
    update public.pool_item p
    set answers = p.answers + l.counts::integer,
      leases = p.leases - (l.was is not distinct from 'leased')::integer,
      -- An answer to gold, or a surplus answer to a resolved item, is paid in the next batch, if it
      -- is right.
      is_settled = p.is_settled and not (p.state = 'resolved' and l.was is distinct from 'surplus')
    from place l where p.item_id = l.item_id
  ), new as (
    select l.item_id, l.points, l.counts from place l where l.is_first
  ), promised as (
    insert into public.points_entry (
      account_id, organization_id, project_id, item_id, kind, points, earned_on)
    select its.account_id, its.organization_id, its.project_id, n.item_id, 'provisional',
      n.points, today
    from new n where n.counts and n.points > 0
  ), summed as (
    select count(*) as labeled, coalesce(sum(n.points) filter (where n.counts), 0) as points
    from new n
  ), in_day as (
    insert into public.points_day as d (
      account_id, day, project_id, organization_id, provisional, labeled)
    select its.account_id, today, its.project_id, its.organization_id, s.points, s.labeled
    from summed s where s.labeled > 0
    on conflict (account_id, day, project_id) do update
      set provisional = d.provisional + excluded.provisional,
        labeled = d.labeled + excluded.labeled
  )
  insert into public.points_total as t (account_id, provisional, labeled)
  select its.account_id, s.points, s.labeled from summed s where s.labeled > 0
  on conflict (account_id) do update
    set provisional = t.provisional + excluded.provisional, labeled = t.labeled + excluded.labeled;

  if cardinality(returned) > 0 then
    -- An exclusion or a decision may have ended some of these leases before the locks.
    with ended as (
      update public.claim c set state = 'returned'
      where c.account_id = its.account_id and c.item_id = any (returned) and c.state = 'leased'
      returning c.item_id
    )
    update public.pool_item p set leases = p.leases - 1 from ended e where p.item_id = e.item_id;
    perform public.promote_surplus(returned);
  end if;
  if ending is not null then
    update public.assignment a set state = ending,
      answered = case when a.lease_expires_at is null then a.answered else n.number end,
      item_count = case when a.lease_expires_at is null then a.item_count else n.number end
    from (
      select count(*) as number from public.claim c
      where c.assignment_id = assignment and c.state <> 'returned') n
    where a.assignment_id = assignment;
  end if;
  perform public.recount_tasks(tasks);
  return array(
    select p.item_id from public.pool_item p
    join public.pool o on o.project_id = p.project_id
    where p.item_id = any (saved || returned) and p.state = 'open'
      and p.answers >= least(o.min_labels, p.slots)
    order by p.item_id);
end $$;
revoke execute on function public.count_answers(uuid, uuid[], real[], public.assignment_state)
  from public, assay_app, assay_worker;
grant execute on function public.count_answers(uuid, uuid[], real[], public.assignment_state)
  to assay_app, assay_worker;
