-- Tells whether the caller may give a role: owners give all, admins all but `owner`.
create or replace function public.may_appoint(
  organization uuid, wanted public.membership_role
) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case public.role_in($1)
    when 'owner' then true
    when 'admin' then $2 <> 'owner'
    else false
  end
$$;
revoke execute on function public.may_appoint(uuid, public.membership_role)
  from public, assay_app, assay_worker;
grant execute on function public.may_appoint(uuid, public.membership_role) to assay_app;
