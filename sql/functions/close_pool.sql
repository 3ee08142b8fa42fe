-- Closes a project's pool; false when it is not open.
-- Claims that are under way are awaited: no lease begins after this has committed.
create or replace function public.close_pool(project uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('pool ' || project, 0));
  update public.pool o set state = 'closed', changed_at = now()
  where o.project_id = project and o.state = 'open'
    and coalesce(o.organization_id = any (public.scope_organizations()), true);
  return found;
end $$;
revoke execute on function public.close_pool(uuid) from public, assay_app, assay_worker;
grant execute on function public.close_pool(uuid) to assay_app;
