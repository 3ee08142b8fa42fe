-- Marks an account's address as verified; returns the accounts that lose their claim to it.
-- Null when another account has verified it before.
create or replace function public.prove_address(account uuid) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  address text;
  losers uuid[];
begin
  select lower(a.email) into address from public.account a where a.account_id = account;
  if address is null then return null; end if;
  -- Before any row is locked, so that accounts verify one address one after the other.
  perform pg_advisory_xact_lock(hashtext('address ' || address));
  -- In the order of ids, as all transactions lock accounts.
  perform from public.account a
  where lower(a.email) = address order by a.account_id for no key update;
  if exists (
    select from public.account a
    where lower(a.email) = address and a.account_id <> account and a.email_verified_at is not null)
  then
    return null;
  end if;
  update public.account a
  set email_verified_at = coalesce(a.email_verified_at, now()), updated_at = now()
  where a.account_id = account and lower(a.email) = address;
  if not found then return null; end if;
  with lost as (
    update public.account a set email = null, lost_email = a.email, updated_at = now()
    where lower(a.email) = address and a.account_id <> account and a.email_verified_at is null
    returning a.account_id)
  select coalesce(array_agg(l.account_id), '{}') into losers from lost l;
  return losers;
end $$;
revoke execute on function public.prove_address(uuid) from public, assay_app, assay_worker;
