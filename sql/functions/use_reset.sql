-- Sets a password by a link; returns the account, or null when the link is not valid.
create or replace function public.use_reset(token_hash bytea, new_hash text) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_account uuid;
begin
  select r.account_id into found_account from public.password_reset r
  where r.token_hash = use_reset.token_hash;
  perform from public.account a
  where a.account_id = found_account and a.is_active and a.deleted_at is null
  for no key update;
  if not found then return null; end if;
  update public.password_reset r set used_at = now()
  where r.token_hash = use_reset.token_hash and r.used_at is null and r.expires_at > now();
  if not found then return null; end if;
  update public.account a set password_hash = new_hash, updated_at = now()
  where a.account_id = found_account;
  perform public.retire_access(found_account, null);
  return found_account;
end $$;
revoke execute on function public.use_reset(bytea, text) from public, assay_app, assay_worker;
grant execute on function public.use_reset(bytea, text) to assay_app;
