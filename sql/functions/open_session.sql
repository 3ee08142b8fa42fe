-- Opens a session.
create or replace function public.open_session(
  session_id uuid, account_id uuid, refresh_hash bytea, expires_at timestamptz, address text,
  device text
) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into public.session (
    session_id, account_id, refresh_hash, expires_at, address, device, last_used_at)
  values ($1, $2, $3, $4, $5, $6, now())
$$;
revoke execute on function public.open_session(uuid, uuid, bytea, timestamptz, text, text)
  from public, assay_app, assay_worker;
grant execute on function public.open_session(uuid, uuid, bytea, timestamptz, text, text)
  to assay_app;

-- Serves processes of the version before; the next release drops it.
create or replace function public.open_session(
  session_id uuid, account_id uuid, refresh_hash bytea, expires_at timestamptz
) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.open_session($1, $2, $3, $4, null, null)
$$;
revoke execute on function public.open_session(uuid, uuid, bytea, timestamptz)
  from public, assay_app, assay_worker;
grant execute on function public.open_session(uuid, uuid, bytea, timestamptz) to assay_app;
