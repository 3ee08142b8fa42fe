-- Uses a letter's link to verify the caller's address.
-- `losers` is null when another account has verified the address meanwhile.
create or replace function public.use_verification(
  token_hash bytea, out is_valid boolean, out losers uuid[]
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  claimant uuid := public.scope_account();
begin
  perform from public.email_verification v join public.account a on a.account_id = v.account_id
  where v.token_hash = use_verification.token_hash and v.account_id = claimant
    and v.used_at is null and v.expires_at > now() and lower(a.email) = lower(v.email);
  is_valid := found;
  if not is_valid then return; end if;
  losers := public.prove_address(claimant);
  update public.email_verification v set used_at = now()
  where v.token_hash = use_verification.token_hash and v.used_at is null;
  is_valid := found;
end $$;
revoke execute on function public.use_verification(bytea) from public, assay_app, assay_worker;
grant execute on function public.use_verification(bytea) to assay_app;
