-- Makes an organization that the caller owns, within the site's limit.
create or replace function public.make_organization(organization uuid, name text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  most bigint;
  held bigint;
begin
  -- When two are made at once, the second waits here and counts the first.
  perform from public.account a where a.account_id = public.scope_account() for no key update;
  if not public.runs_site() then
    select l.organizations into most from public.site_limits l;
    -- Organizations that others made the caller an owner of without asking do not count.
    select count(*) into held
    from (
      select o.organization_id from public.organization o
      where o.made_by = public.scope_account()
      union
      select m.organization_id from public.membership m
      where m.account_id = public.scope_account() and m.role = 'owner' and m.has_agreed) own;
    if held >= most then
      raise check_violation using constraint = 'organization_most_per_account',
        message = 'the account has the maximum number of organizations';
    end if;
  end if;
  insert into public.organization (organization_id, name, made_by)
  values (organization, make_organization.name, public.scope_account());
  insert into public.membership (organization_id, account_id, role)
  values (organization, public.scope_account(), 'owner');
  -- New work belongs to the first organization.
  update public.account a set organization_id = organization
  where a.account_id = public.scope_account() and a.organization_id is null;
end $$;
revoke execute on function public.make_organization(uuid, text)
  from public, assay_app, assay_worker;
grant execute on function public.make_organization(uuid, text) to assay_app;
