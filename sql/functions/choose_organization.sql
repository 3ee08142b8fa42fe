-- Makes one of the caller's organizations the one that new work belongs to.
create or replace function public.choose_organization(organization uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform public.lock_accounts(public.scope_account());
  update public.account a set organization_id = organization, updated_at = now()
  where a.account_id = public.scope_account() and exists (
    select from public.membership m
    where m.organization_id = organization and m.account_id = a.account_id);
  return found;
end $$;
revoke execute on function public.choose_organization(uuid) from public, assay_app, assay_worker;
grant execute on function public.choose_organization(uuid) to assay_app;
