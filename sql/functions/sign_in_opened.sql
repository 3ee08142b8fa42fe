-- Opens a session unless too many sign-ins have failed while the password was compared.
-- Returns the seconds to wait, 0 when the session is open, null when `password_hash` is no longer
-- the account's: checked under a lock, so that a change of the password ends every session before
-- it.
create or replace function public.sign_in_opened(
  session_id uuid, account_id uuid, password_hash text, refresh_hash bytea,
  expires_at timestamptz, address text, device text
) returns double precision
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  guess text := public.guessed(sign_in_opened.account_id, null);
  wait double precision := public.throttle_wait('sign-in', public.pair_bucket(guess, address));
begin
  if wait = 0 and not public.is_known_network(sign_in_opened.account_id, address) then
    wait := public.throttle_wait('brake', public.brake_bucket(guess));
  end if;
  if wait > 0 then return wait; end if;
  perform from public.account a
  where a.account_id = sign_in_opened.account_id and a.is_active
    and a.password_hash = sign_in_opened.password_hash
  for share;
  if not found then return null; end if;
  perform public.open_session(
    sign_in_opened.session_id, sign_in_opened.account_id, sign_in_opened.refresh_hash,
    sign_in_opened.expires_at, nullif(sign_in_opened.address, ''), sign_in_opened.device);
  perform public.note_network(sign_in_opened.account_id, address);
  return 0;
end $$;
revoke execute on function public.sign_in_opened(uuid, uuid, text, bytea, timestamptz, text, text)
  from public, assay_app, assay_worker;
grant execute on function
  public.sign_in_opened(uuid, uuid, text, bytea, timestamptz, text, text)
  to assay_app;

-- Serves processes of the version before; the next release drops it.
create or replace function public.sign_in_opened(
  session_id uuid, account_id uuid, password_hash text, refresh_hash bytea,
  expires_at timestamptz, address text
) returns double precision
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.sign_in_opened($1, $2, $3, $4, $5, $6, null)
$$;
revoke execute on function public.sign_in_opened(uuid, uuid, text, bytea, timestamptz, text)
  from public, assay_app, assay_worker;
grant execute on function public.sign_in_opened(uuid, uuid, text, bytea, timestamptz, text)
  to assay_app;
