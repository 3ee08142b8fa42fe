-- Pays all answers to these items, and takes back the points that were promised for them.
-- Only the unpaid part is paid, so a second call changes nothing. The caller has locked the items
-- of the pool. The totals are locked first, each by account, as by a submit.
create or replace function public.compensate(items uuid[]) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select from public.points_total t
  where t.account_id in (select c.account_id from public.claim c where c.item_id = any (items))
  order by t.account_id for no key update;

  with due as materialized (
    select c.account_id, c.organization_id, c.project_id, c.item_id, c.points - c.paid as points,
      (now() at time zone 'UTC')::date as day
    from public.claim c
    where c.item_id = any (items) and c.state in ('counted', 'surplus') and c.paid < c.points
  ), promised as materialized (
    select e.account_id, e.organization_id, e.project_id, e.item_id, sum(e.points)::integer as points,
      e.earned_on as day
    from public.points_entry e
    where e.item_id = any (items) and e.kind = 'provisional'
    group by e.account_id, e.organization_id, e.project_id, e.item_id, e.earned_on
    having sum(e.points) <> 0
  ), entered as (
    insert into public.points_entry (
      account_id, organization_id, project_id, item_id, kind, points, earned_on)
    select p.account_id, p.organization_id, p.project_id, p.item_id,
      'provisional'::public.points_kind, -p.points, p.day
    from promised p
    union all
    select d.account_id, d.organization_id, d.project_id, d.item_id, 'compensation', d.points, d.day
    from due d
  ), paid as (
    update public.claim c set paid = c.points
    from due d where c.item_id = d.item_id and c.account_id = d.account_id
  ), change as materialized (
    select x.account_id, x.organization_id, x.project_id, x.day, sum(x.points) as points,
      sum(x.provisional) as provisional
    from (
      select d.account_id, d.organization_id, d.project_id, d.day, d.points, 0 as provisional
      from due d
      union all
      select p.account_id, p.organization_id, p.project_id, p.day, 0, -p.points from promised p
    ) x
    group by x.account_id, x.organization_id, x.project_id, x.day
  ), in_day as (
    insert into public.points_day as d (
      account_id, day, project_id, organization_id, points, provisional)
    select c.account_id, c.day, c.project_id, c.organization_id, c.points, c.provisional
    from change c
    order by c.account_id, c.day
    on conflict (account_id, day, project_id) do update
      set points = d.points + excluded.points, provisional = d.provisional + excluded.provisional
  )
  insert into public.points_total as t (account_id, points, provisional)
  select c.account_id, sum(c.points), sum(c.provisional) from change c
  group by c.account_id order by c.account_id
  on conflict (account_id) do update
    set points = t.points + excluded.points, provisional = t.provisional + excluded.provisional;
$$;
revoke execute on function public.compensate(uuid[]) from public, assay_app, assay_worker;
