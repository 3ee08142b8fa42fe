-- Sets an account's password and ends its access, but for one session.
-- False when there is no such account.
create or replace function public.set_password(
  account uuid, new_hash text, kept_session uuid
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
revoke execute on function public.set_password(uuid, text, uuid)
  from public, assay_app, assay_worker;
grant execute on function public.set_password(uuid, text, uuid) to assay_app;
