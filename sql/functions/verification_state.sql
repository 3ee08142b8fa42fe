-- Tells why a link does not verify the caller's address; null for an unknown link.
-- A link is deleted when the address changes, and some time after it has expired.
create or replace function public.verification_state(token_hash bytea) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case
    when v.account_id is distinct from public.scope_account() then 'foreign'
    when a.email_verified_at is not null and lower(a.email) = lower(v.email) then 'verified'
    else 'expired'
  end
  from public.email_verification v join public.account a on a.account_id = v.account_id
  where v.token_hash = $1
$$;
revoke execute on function public.verification_state(bytea) from public, assay_app, assay_worker;
grant execute on function public.verification_state(bytea) to assay_app;
