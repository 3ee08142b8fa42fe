-- Returns the name of an assignment's labeler to those who see the assignment.
-- The row policy of `account` hides a labeler who was removed; the answers keep their author.
create or replace function public.labeler_name(assignment uuid) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.username from public.assignment a
  join public.account p on p.account_id = a.account_id
  where a.assignment_id = $1
    and coalesce(a.organization_id = any (public.scope_organizations()), true)
$$;
revoke execute on function public.labeler_name(uuid) from public, assay_app, assay_worker;
grant execute on function public.labeler_name(uuid) to assay_app;
