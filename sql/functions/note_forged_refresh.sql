-- Logs a refresh token of an open session that the site has not issued.
-- An attacker can send any number, so only some of them are entries (`throttle_rate`).
create or replace function public.note_forged_refresh(
  session uuid, address text, request_id text
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  account uuid;
begin
  select s.account_id into account from public.session s
  where s.session_id = session and s.ended_at is null and s.expires_at > now();
  if not found then return; end if;
  if public.throttle_take(
    'forged-refresh', public.throttle_bucket('forged-refresh', account::text)) > 0
  then
    return;
  end if;
  perform public.audit(
    'session.forged', account, null, null, session::text, address,
    note_forged_refresh.request_id, null);
end $$;
revoke execute on function public.note_forged_refresh(uuid, text, text)
  from public, assay_app, assay_worker;
