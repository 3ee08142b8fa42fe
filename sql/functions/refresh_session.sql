-- Replaces a session's refresh token.
-- A token that was used before ends the session, because one of its two holders is a thief.
create or replace function public.refresh_session(
  session uuid, old_hash bytea, new_hash bytea, out account_id uuid, out username text,
  out email text, out role public.account_role, out organization_id uuid
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  thief uuid;
begin
  update public.session s set refresh_hash = new_hash
  from public.account a
  where s.session_id = refresh_session.session and s.refresh_hash = old_hash
    and a.account_id = s.account_id
    and s.ended_at is null and s.expires_at > now() and a.is_active
  returning a.account_id, a.username, a.email, a.role, a.organization_id
  into refresh_session.account_id, refresh_session.username, refresh_session.email,
    refresh_session.role, refresh_session.organization_id;
  if not found then
    update public.session s set ended_at = now()
    where s.session_id = refresh_session.session and s.ended_at is null
    returning s.account_id into thief;
    if found then
      perform public.audit(
        'session.reused', a.account_id, a.username, null,
        refresh_session.session::text, null, null, null)
      from public.account a where a.account_id = thief;
    end if;
  end if;
end $$;
revoke execute on function public.refresh_session(uuid, bytea, bytea)
  from public, assay_app, assay_worker;
grant execute on function public.refresh_session(uuid, bytea, bytea) to assay_app;
