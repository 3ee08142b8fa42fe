-- Stores the secret of a reset letter with the address that it goes to.
create or replace function public.write_reset(
  account uuid, token_hash bytea, expires_at timestamptz, out recipient text, out username text,
  out is_claim boolean
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select a.email, a.username, a.email_verified_at is null
  into write_reset.recipient, write_reset.username, write_reset.is_claim
  from public.account a
  where a.account_id = account and a.is_active and a.deleted_at is null and a.email is not null;
  if not found then return; end if;
  insert into public.password_reset (token_hash, account_id, expires_at, email)
  values (
    write_reset.token_hash, account, write_reset.expires_at, write_reset.recipient);
end $$;
revoke execute on function public.write_reset(uuid, bytea, timestamptz)
  from public, assay_app, assay_worker;
grant execute on function public.write_reset(uuid, bytea, timestamptz) to assay_worker;
