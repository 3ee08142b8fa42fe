-- Opens a session's scope if the account still is what its token says; fails otherwise.
create or replace function public.admit(
  session uuid, account uuid, role public.account_role, organization uuid
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  claims text;
begin
  -- One statement, because a second one would double the cost of most requests.
  perform
    set_config('assay.account', a.account_id::text, false),
    set_config(
      'assay.organizations',
      case when a.role in ('admin', 'universal') then '*' else a.organizations::text end, false)
  from public.session s
  join public.account a on a.account_id = s.account_id
  where s.session_id = admit.session
    and s.ended_at is null and s.expires_at > now() and a.is_active
    and a.account_id = admit.account and a.role = admit.role
    and a.organization_id is not distinct from admit.organization;
  if found then return; end if;
  -- The account has changed since the token was made: the application tries again with its new
  -- role and organization.
  select concat_ws(' ', a.role, a.organization_id) into claims
  from public.session s
  join public.account a on a.account_id = s.account_id
  where s.session_id = admit.session
    and s.ended_at is null and s.expires_at > now() and a.is_active
    and a.account_id = admit.account;
  if found then raise exception '%', claims using errcode = 'AS403'; end if;
  raise exception 'the session has ended' using errcode = 'AS401';
end $$;
revoke execute on function public.admit(uuid, uuid, public.account_role, uuid)
  from public, assay_app, assay_worker;
grant execute on function public.admit(uuid, uuid, public.account_role, uuid) to assay_app;
