-- Tells whether the caller may see the leaderboard of a project.
-- Everybody sees that of an open pool. That of a closed one is for members of the organization, for
-- members of the project and for people who have had a task of it.
create or replace function public.shows_leaderboard(project uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public.pool o
    where o.project_id = project and public.scope_account() is not null
      and (o.state = 'open'
        or public.scope_organizations() is null
        or exists (
          select from public.membership m
          where m.organization_id = o.organization_id and m.account_id = public.scope_account())
        or exists (
          select from public.project_member m
          where m.project_id = o.project_id and m.account_id = public.scope_account())
        or exists (
          select from public.assignment a
          where a.account_id = public.scope_account() and a.project_id = o.project_id)))
$$;
revoke execute on function public.shows_leaderboard(uuid) from public, assay_app, assay_worker;
grant execute on function public.shows_leaderboard(uuid) to assay_app;
