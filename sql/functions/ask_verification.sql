-- Queues the letter that verifies an account's address; returns the seconds to wait.
-- Null when there is nothing to verify.
create or replace function public.ask_verification(letter uuid, account uuid, origin text)
returns double
precision language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  address text;
  wait double precision;
begin
  select a.email into address from public.account a
  where a.account_id = account and a.email_verified_at is null and a.is_active;
  if address is null then return null; end if;
  wait := public.throttle_take(
    'verification', public.throttle_bucket('verification', account::text));
  if wait = 0 and public.may_write_to(address) then
    insert into public.letter (letter_id, kind, account_id, origin)
    values (letter, 'verification', account, ask_verification.origin);
  end if;
  return wait;
end $$;
revoke execute on function public.ask_verification(uuid, uuid, text)
  from public, assay_app, assay_worker;
grant execute on function public.ask_verification(uuid, uuid, text) to assay_app;
