-- Restricts a table with an `organization_id` to the tenant, and opens it for the workers.
create or replace function public.protect(target regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format(
    'create policy tenant on %s to assay_app
       using (coalesce(organization_id = any ((select public.scope_organizations())::uuid[]), true))',
    target);
  execute format('create policy worker on %s to assay_worker using (true)', target);
end $$;
