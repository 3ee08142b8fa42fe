-- Makes a link to set a new password; false when the account is not active.
create or replace function public.make_reset(
  account uuid, token_hash bytea, expires_at timestamptz
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
revoke execute on function public.make_reset(uuid, bytea, timestamptz)
  from public, assay_app, assay_worker;
grant execute on function public.make_reset(uuid, bytea, timestamptz) to assay_app, assay_worker;
