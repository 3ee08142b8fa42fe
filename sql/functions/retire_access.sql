-- Ends an account's sessions but one, its API keys and its links to set a password.
-- The caller holds the account's row.
create or replace function public.retire_access(account uuid, kept_session uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform public.retire_resets(account);
  update public.session s set ended_at = now()
  where s.account_id = account and s.ended_at is null
    and s.session_id is distinct from kept_session;
  update public.api_key k set revoked_at = now()
  where k.account_id = account and k.revoked_at is null;
end $$;
revoke execute on function public.retire_access(uuid, uuid) from public, assay_app, assay_worker;
