-- Opens a session.
create or replace function public.open_session(
  session_id uuid, account_id uuid, refresh_hash bytea, expires_at timestamptz
) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into public.session (session_id, account_id, refresh_hash, expires_at)
  values ($1, $2, $3, $4)
$$;
revoke execute on function public.open_session(uuid, uuid, bytea, timestamptz)
  from public, assay_app, assay_worker;
grant execute on function public.open_session(uuid, uuid, bytea, timestamptz) to assay_app;
