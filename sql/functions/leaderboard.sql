-- Returns a part of the leaderboard: people by their settled points, the most first.
-- Equal points share a rank, and these people are sorted by name. Null means all projects or all
-- days. People who are anonymous or have deleted their account have no name.
create or replace function public.leaderboard(
  project uuid, since date, size bigint, skipped bigint
) returns table (
  rank bigint, username text, points bigint, labeled bigint, settled bigint, correct bigint)
-- A plan for few rows reads them in the order of the index.
language plpgsql stable security definer
set plan_cache_mode = force_custom_plan set work_mem = '32MB'
set search_path = pg_catalog, pg_temp as $$
declare
  most bigint;
  least bigint;
  before bigint;
begin
  if public.scope_account() is null
    or (project is not null and not public.shows_leaderboard(project))
  then
    return;
  end if;
  -- The most and the least points of the part are found first, so that few names are looked up.
  if project is null and since is null then
    select t.points into most from public.points_total t
    order by t.points desc limit 1 offset skipped;
    select t.points into least from public.points_total t
    order by t.points desc limit 1 offset skipped + size - 1;
    select count(*) into before from public.points_total t where t.points > most;
    return query
    select before + rank() over (order by t.points desc), n.name, t.points, t.labeled, t.settled,
      t.correct
    from public.points_total t
    join public.account a on a.account_id = t.account_id
    cross join lateral (
      select case when a.is_anonymous or a.deleted_at is not null then 'anonymous'
        else a.username end as name) n
    where t.points <= most and (least is null or t.points >= least)
    order by t.points desc, n.name, t.account_id
    limit size offset skipped - before;
    return;
  end if;
  return query
  with placed as materialized (
    select s.*, rank() over w as rank, row_number() over w as place
    from public.points_sums(project, since) s
    window w as (order by s.points desc)
  ), part as (
    select max(p.points) as most, min(p.points) as least, min(p.rank) - 1 as before
    from placed p where p.place > skipped and p.place <= skipped + size
  )
  select p.rank, n.name, p.points, p.labeled, p.settled, p.correct
  from placed p
  join part on p.points between part.least and part.most
  join public.account a on a.account_id = p.account_id
  cross join lateral (
    select case when a.is_anonymous or a.deleted_at is not null then 'anonymous'
      else a.username end as name) n
  order by p.points desc, n.name, p.account_id
  limit size offset skipped - (select part.before from part);
end $$;
revoke execute on function public.leaderboard(uuid, date, bigint, bigint)
  from public, assay_app, assay_worker;
grant execute on function public.leaderboard(uuid, date, bigint, bigint) to assay_app;
