-- A new password, or being shut out, ends every other way into the account for good: sessions, keys
-- and links to set a password. Each function here locks the account's row first, so that whatever is
-- made at the same moment is either ended or made after.

-- The caller holds the account's row.
create function retire_resets(account uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update public.password_reset r set used_at = now()
  where r.account_id = $1 and r.used_at is null;
  delete from public.letter l where l.account_id = $1 and l.kind = 'password_reset'
$$;

create function retire_access(account uuid, kept_session uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform public.retire_resets(account);
  update public.session s set ended_at = now()
  where s.account_id = account and s.ended_at is null
    and s.session_id is distinct from kept_session;
  update public.api_key k set revoked_at = now()
  where k.account_id = account and k.revoked_at is null;
end $$;

-- How many keys of an account the running transaction has ended, for the audit log.
create function keys_retired(account uuid) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*) from public.api_key k where k.account_id = $1 and k.revoked_at = now()
$$;

-- A trigger, because several functions shut accounts out, change addresses and take roles away.
create function note_account_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if old.is_active and not new.is_active then
    perform public.retire_access(new.account_id, null);
  elsif old.email is distinct from new.email then
    -- A link may lie in the mailbox of the old address.
    perform public.retire_resets(new.account_id);
  end if;
  if old.role in ('admin', 'universal') and new.role not in ('admin', 'universal') then
    -- They would run the site again when the role comes back.
    update public.api_key k set revoked_at = now()
    where k.account_id = new.account_id and k.revoked_at is null and 'admin' = any (k.scopes);
  end if;
  return null;
end $$;
create trigger account_changed after update of is_active, email, role on account
  for each row execute function note_account_change();

create or replace function set_password(account uuid, new_hash text, kept_session uuid)
returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if session_user in ('assay_app', 'assay_worker') and not public.runs_site()
    and account is distinct from public.scope_account()
  then
    raise insufficient_privilege;
  end if;
  update public.account a set password_hash = new_hash, updated_at = now()
  where a.account_id = account and a.deleted_at is null;
  if not found then return false; end if;
  perform public.retire_access(account, kept_session);
  return true;
end $$;

-- Changes the password of the scope's account; false when the old one, which was compared before, is
-- not the account's any more.
create function change_password(old_hash text, new_hash text, kept_session uuid)
returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.account a
  where a.account_id = public.scope_account() and a.is_active and a.password_hash = old_hash
  for no key update;
  return found and public.set_password(public.scope_account(), new_hash, kept_session);
end $$;

create or replace function make_reset(account uuid, token_hash bytea, expires_at timestamptz)
returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if session_user = 'assay_app' and not public.runs_site() then
    raise insufficient_privilege;
  end if;
  perform from public.account a
  where a.account_id = account and a.is_active and a.deleted_at is null
  for no key update;
  if not found then return false; end if;
  insert into public.password_reset (token_hash, account_id, expires_at)
  values (make_reset.token_hash, account, make_reset.expires_at);
  return true;
end $$;

-- Null when the link is not valid any more.
create or replace function use_reset(token_hash bytea, new_hash text) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_account uuid;
begin
  select r.account_id into found_account from public.password_reset r
  where r.token_hash = use_reset.token_hash;
  perform from public.account a
  where a.account_id = found_account and a.is_active and a.deleted_at is null
  for no key update;
  if not found then return null; end if;
  update public.password_reset r set used_at = now()
  where r.token_hash = use_reset.token_hash and r.used_at is null and r.expires_at > now();
  if not found then return null; end if;
  update public.account a set password_hash = new_hash, updated_at = now()
  where a.account_id = found_account;
  perform public.retire_access(found_account, null);
  return found_account;
end $$;

-- Makes a key for the scope's account, and says when. The session must still live behind the lock:
-- a password may just have been changed because somebody else has it.
create function make_key(
  key uuid, session uuid, name text, scopes text[], secret_hash bytea, days integer, most integer
) returns timestamptz language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
    raise exception 'the session is over' using errcode = 'AS401';
  end if;
  if (select count(*) from public.api_key k
    where k.account_id = public.scope_account() and k.revoked_at is null) >= most
  then
    raise check_violation using constraint = 'api_key_most_per_account',
      message = 'the account has as many keys as it may';
  end if;
  insert into public.api_key (api_key_id, account_id, name, scopes, secret_hash, expires_at)
  values (
    key, public.scope_account(), make_key.name, make_key.scopes, make_key.secret_hash,
    now() + days * interval '1 day')
  returning created_at into made;
  return made;
end $$;

revoke execute on function retire_resets, retire_access, keys_retired, note_account_change,
  change_password, make_key from public;
grant execute on function keys_retired, change_password, make_key to assay_app;

-- Ends keys and links of accounts that are deactivated already.
update password_reset r set used_at = now()
from account a where a.account_id = r.account_id and not a.is_active and r.used_at is null;
update api_key k set revoked_at = now()
from account a where a.account_id = k.account_id and not a.is_active and k.revoked_at is null;
