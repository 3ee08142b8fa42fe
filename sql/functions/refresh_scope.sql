-- Shows the rest of a request what its account may see now: a lease shows a project.
create or replace function public.refresh_scope(account uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if coalesce(current_setting('assay.organizations', true), '') = '*' then return; end if;
  perform set_config('assay.organizations', a.organizations::text, false)
  from public.account a where a.account_id = account;
end $$;
revoke execute on function public.refresh_scope(uuid) from public, assay_app, assay_worker;
