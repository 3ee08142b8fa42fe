-- Gives an account of another issuer the address that the issuer names.
-- It is verified when the issuer says so; a verified address is replaced by a verified one only.
create or replace function public.settle_identity_address(
  issuer text, subject text, address text, is_verified boolean
) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known uuid;
begin
  select i.account_id into known from public.external_identity i
  join public.account a on a.account_id = i.account_id
  where i.issuer = settle_identity_address.issuer and i.subject = settle_identity_address.subject
    and a.is_active and (is_verified or a.email_verified_at is null);
  if not found then return null; end if;
  if is_verified then perform pg_advisory_xact_lock(hashtext('address ' || lower(address))); end if;
  update public.account a set email = address, updated_at = now()
  where a.account_id = known and lower(a.email) is distinct from lower(address);
  return case when is_verified then public.prove_address(known) end;
end $$;
revoke execute on function public.settle_identity_address(text, text, text, boolean)
  from public, assay_app, assay_worker;
grant execute on function public.settle_identity_address(text, text, text, boolean) to assay_app;
