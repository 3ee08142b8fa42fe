-- Makes an API key for the scope's account; returns when.
-- The session is checked under the lock: a change of the password may just have ended it.
create or replace function public.make_key(
  key uuid, session uuid, name text, scopes text[], secret_hash bytea, days integer
) returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  made timestamptz;
begin
  perform from public.account a
  where a.account_id = public.scope_account() and a.is_active for no key update;
  if not found or session is not null and not exists (
    select from public.session s
    where s.session_id = session and s.account_id = public.scope_account()
      and s.ended_at is null and s.expires_at > now())
  then
    raise exception 'the session has ended' using errcode = 'AS401';
  end if;
  if (select count(*) from public.api_key k
    where k.account_id = public.scope_account() and k.revoked_at is null)
    >= (select l.api_keys from public.site_limits l)
  then
    raise check_violation using constraint = 'api_key_most_per_account',
      message = 'the account has the maximum number of keys';
  end if;
  insert into public.api_key (api_key_id, account_id, name, scopes, secret_hash, expires_at)
  values (
    key, public.scope_account(), make_key.name, make_key.scopes, make_key.secret_hash,
    now() + days * interval '1 day')
  returning created_at into made;
  return made;
end $$;
revoke execute on function public.make_key(uuid, uuid, text, text[], bytea, integer)
  from public, assay_app, assay_worker;
grant execute on function public.make_key(uuid, uuid, text, text[], bytea, integer) to assay_app;

-- Serves processes of the version before, whose number it ignores; the next release drops it.
create or replace function public.make_key(
  key uuid, session uuid, name text, scopes text[], secret_hash bytea, days integer, most integer
) returns timestamptz
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.make_key($1, $2, $3, $4, $5, $6)
$$;
revoke execute on function public.make_key(uuid, uuid, text, text[], bytea, integer, integer)
  from public, assay_app, assay_worker;
grant execute on function public.make_key(uuid, uuid, text, text[], bytea, integer, integer)
  to assay_app;
