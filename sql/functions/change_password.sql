-- Changes the password of the scope's account.
-- False when `old_hash`, which was compared before, is no longer the account's.
create or replace function public.change_password(
  old_hash text, new_hash text, kept_session uuid
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.account a
  where a.account_id = public.scope_account() and a.is_active and a.password_hash = old_hash
  for no key update;
  return found and public.set_password(public.scope_account(), new_hash, kept_session);
end $$;
revoke execute on function public.change_password(text, text, uuid)
  from public, assay_app, assay_worker;
grant execute on function public.change_password(text, text, uuid) to assay_app;
