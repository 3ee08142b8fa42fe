-- Renames an organization for its owners and admins.
create or replace function public.rename_organization(organization uuid, name text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update public.organization o set name = $2
  where o.organization_id = $1 and public.role_in($1) in ('owner', 'admin')
$$;
revoke execute on function public.rename_organization(uuid, text)
  from public, assay_app, assay_worker;
grant execute on function public.rename_organization(uuid, text) to assay_app;
