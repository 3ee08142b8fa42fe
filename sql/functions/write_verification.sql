-- Stores the secret of a verification letter; no address when there is nothing to verify.
-- `is_taken`: another account has verified the address, so that the letter only says so.
create or replace function public.write_verification(
  account uuid, token_hash bytea, expires_at timestamptz, out recipient text, out username text,
  out is_taken boolean
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select a.email, a.username, exists (
      select from public.account o
      where lower(o.email) = lower(a.email) and o.email_verified_at is not null)
  into write_verification.recipient, write_verification.username, write_verification.is_taken
  from public.account a
  where a.account_id = account and a.email_verified_at is null and a.email is not null
    and a.is_active;
  if found and not is_taken then
    insert into public.email_verification (token_hash, account_id, email, expires_at)
    values (
      write_verification.token_hash, account, write_verification.recipient,
      write_verification.expires_at);
  end if;
end $$;
revoke execute on function public.write_verification(uuid, bytea, timestamptz)
  from public, assay_app, assay_worker;
grant execute on function public.write_verification(uuid, bytea, timestamptz) to assay_worker;
