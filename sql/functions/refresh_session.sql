-- Replaces a session's refresh token by its successor, which the application derives from it.
-- Returns the account, or null when the token is refused. A token that was used before gives the
-- same successor until that one is used, and for `refresh_grace` after that. Used later, it ends
-- the session, because one of its two holders is a thief. `is_issued` is false for a token without
-- the site's code: unless its hash is stored, it is forged and changes nothing.
create or replace function public.refresh_session(
  session uuid, token_hash bytea, successor_hash bytea, is_issued boolean, address text,
  request_id text, out account_id uuid, out username text, out email text,
  out role public.account_role, out organization_id uuid
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  held public.session;
  limits public.site_limits;
  tokens bytea[];
  place integer;
  moment timestamptz;
  times timestamptz[];
  kept integer;
begin
  -- A forged token does not wait for the lock, and holds it against nobody.
  select * into held from public.session s
  where s.session_id = refresh_session.session
    and (is_issued or token_hash = s.refresh_hash or token_hash = any (s.replaced_hashes))
  for no key update;
  if not found then
    perform public.note_forged_refresh(session, address, request_id);
    return;
  end if;
  if held.ended_at is not null or held.expires_at <= now() then return; end if;
  select * into strict limits from public.site_limits;
  moment := clock_timestamp();
  -- The newest token has place 1; `replaced_at[n]` belongs to the token with place n + 1.
  tokens := array_prepend(held.refresh_hash, held.replaced_hashes);
  place := array_position(tokens, token_hash);
  if place = 1 then
    times := array_prepend(moment, held.replaced_at);
    -- A token is kept while its successor is unused, or was used a short time ago.
    kept := least(
      limits.kept_refresh_tokens,
      1 + (select count(*) from unnest(times) t where t > moment - limits.refresh_grace));
    update public.session s set
      refresh_hash = successor_hash, replaced_hashes = tokens[:kept], replaced_at = times[:kept],
      last_used_at = moment, address = coalesce(refresh_session.address, s.address)
    where s.session_id = held.session_id;
  elsif place = 2 or held.replaced_at[place - 2] > moment - limits.refresh_grace then
    -- The successor was made by an earlier version, or with another key: it cannot be repeated.
    if tokens[place - 1] <> successor_hash then return; end if;
  else
    update public.session s set ended_at = moment where s.session_id = held.session_id;
    perform public.audit(
      'session.reused', held.account_id, null, null, held.session_id::text,
      refresh_session.address, refresh_session.request_id, null);
    return;
  end if;
  select a.account_id, a.username, a.email, a.role, a.organization_id
  into refresh_session.account_id, refresh_session.username, refresh_session.email,
    refresh_session.role, refresh_session.organization_id
  from public.account a where a.account_id = held.account_id and a.is_active;
end $$;
revoke execute on function public.refresh_session(uuid, bytea, bytea, boolean, text, text)
  from public, assay_app, assay_worker;
grant execute on function public.refresh_session(uuid, bytea, bytea, boolean, text, text)
  to assay_app;

-- Serves processes of the version before, which make a random successor; the next release drops it.
-- They cannot repeat a successor, so their client tries again for a minute.
create or replace function public.refresh_session(
  session uuid, old_hash bytea, new_hash bytea, out account_id uuid, out username text,
  out email text, out role public.account_role, out organization_id uuid
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (
    select from public.session s, unnest(s.replaced_hashes, s.replaced_at) r (hash, replaced_at)
    where s.session_id = refresh_session.session and s.ended_at is null
      and r.hash = old_hash and r.replaced_at > now() - interval '1 minute')
  then
    raise serialization_failure using message = 'another process has replaced the token';
  end if;
  select r.account_id, r.username, r.email, r.role, r.organization_id
  into refresh_session.account_id, refresh_session.username, refresh_session.email,
    refresh_session.role, refresh_session.organization_id
  from public.refresh_session(session, old_hash, new_hash, false, null, null) r;
end $$;
revoke execute on function public.refresh_session(uuid, bytea, bytea)
  from public, assay_app, assay_worker;
grant execute on function public.refresh_session(uuid, bytea, bytea) to assay_app;
