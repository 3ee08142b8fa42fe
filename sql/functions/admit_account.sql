-- Opens an account's scope for an API key or another issuer's token, as `admit` for a session.
create or replace function public.admit_account(
  account uuid, role public.account_role, organization uuid
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  claims text;
begin
  perform
    set_config('assay.account', a.account_id::text, false),
    set_config(
      'assay.organizations',
      case when a.role in ('admin', 'universal') then '*' else a.organizations::text end, false)
  from public.account a
  where a.account_id = admit_account.account and a.is_active and a.role = admit_account.role
    and a.organization_id is not distinct from admit_account.organization;
  if found then return; end if;
  select concat_ws(' ', a.role, a.organization_id) into claims
  from public.account a where a.account_id = admit_account.account and a.is_active;
  if found then raise exception '%', claims using errcode = 'AS403'; end if;
  raise exception 'the account is deactivated' using errcode = 'AS401';
end $$;
revoke execute on function public.admit_account(uuid, public.account_role, uuid)
  from public, assay_app, assay_worker;
grant execute on function public.admit_account(uuid, public.account_role, uuid) to assay_app;
