-- Sums up everybody's points of a project, of the days from a date on, or of both.
-- Null means all projects or all days. Only `leaderboard` and `leaderboard_place` call it.
create or replace function public.points_sums(project uuid, since date)
returns table (account_id uuid, points bigint, labeled bigint, settled bigint, correct bigint)
-- A plan for the given values reads the days or the project by an index, and 100,000 people are
-- summed up in memory.
language plpgsql stable security definer
set plan_cache_mode = force_custom_plan set work_mem = '32MB'
set search_path = pg_catalog, pg_temp as $$
begin
  return query
  select d.account_id, sum(d.points)::bigint, sum(d.labeled)::bigint, sum(d.settled)::bigint,
    sum(d.correct)::bigint
  from public.points_day d
  where (since is null or d.day >= since) and (project is null or d.project_id = project)
  group by d.account_id;
end $$;
revoke execute on function public.points_sums(uuid, date) from public, assay_app, assay_worker;
