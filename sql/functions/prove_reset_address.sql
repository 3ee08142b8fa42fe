-- Verifies the address that a reset link was sent to, before the password is set.
-- The address stays a claim when another account has verified it.
create or replace function public.prove_reset_address(token_hash bytea) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  reader uuid;
  losers uuid[];
begin
  select a.account_id into reader
  from public.password_reset r join public.account a on a.account_id = r.account_id
  where r.token_hash = prove_reset_address.token_hash and r.used_at is null
    and r.expires_at > now() and a.is_active and lower(r.email) = lower(a.email)
    and a.email_verified_at is null;
  if not found then return null; end if;
  losers := public.prove_address(reader);
  -- Somebody else may have made the account and claimed the address, so its keys end, too.
  update public.api_key k set revoked_at = now()
  where k.account_id = reader and k.revoked_at is null;
  return losers;
end $$;
revoke execute on function public.prove_reset_address(bytea) from public, assay_app, assay_worker;
grant execute on function public.prove_reset_address(bytea) to assay_app;
