-- Returns the caller's row of the leaderboard; none for a caller who is not on it.
create or replace function public.leaderboard_place(project uuid, since date) returns table (
  rank bigint, points bigint, labeled bigint, settled bigint, correct bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if project is not null and not public.shows_leaderboard(project) then return; end if;
  if project is null and since is null then
    return query
    select public.points_rank(t.points), t.points, t.labeled, t.settled, t.correct
    from public.points_total t where t.account_id = public.scope_account();
    return;
  end if;
  return query
  with summed as (select * from public.points_sums(project, since))
  select (select 1 + count(*) from summed o where o.points > s.points), s.points, s.labeled,
    s.settled, s.correct
  from summed s where s.account_id = public.scope_account();
end $$;
revoke execute on function public.leaderboard_place(uuid, date)
  from public, assay_app, assay_worker;
grant execute on function public.leaderboard_place(uuid, date) to assay_app;
