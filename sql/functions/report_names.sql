-- Returns the names of those who made and decided a report, to those who see it.
-- The row policy of `account` hides people who are in no project of the reader.
create or replace function public.report_names(report uuid) returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select array[p.username, d.username] from public.task_report r
  join public.account p on p.account_id = r.account_id
  left join public.account d on d.account_id = r.decided_by
  where r.task_report_id = $1
    and coalesce(r.organization_id = any (public.scope_organizations()), true)
$$;
revoke execute on function public.report_names(uuid) from public, assay_app, assay_worker;
grant execute on function public.report_names(uuid) to assay_app;
