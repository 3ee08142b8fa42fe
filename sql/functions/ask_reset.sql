-- Queues the letter of a forgotten password, within the limits of its account and address.
-- A name leads to its account. An address leads to the account that has verified it, or else to
-- the only account that claims it and has no other way in; when several claim it, the letter
-- names them.
create or replace function public.ask_reset(letter uuid, login text, origin text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_account uuid;
  address text;
  claims bigint := 0;
begin
  select a.account_id, a.email into found_account, address from public.account a
  where position('@' in login) = 0 and lower(a.username) = lower(login)
    and a.is_active and a.email is not null
    and (a.email_verified_at is not null or not public.signs_in_elsewhere(a.account_id));
  if position('@' in login) > 0 then
    select a.account_id, a.email into found_account, address from public.account a
    where lower(a.email) = lower(login) and a.email_verified_at is not null and a.is_active;
    if not found then
      select count(*), (array_agg(c.account_id))[1], min(c.email)
      into claims, found_account, address
      from (
        select a.account_id, a.email from public.account a
        where lower(a.email) = lower(login) and a.is_active
          and not public.signs_in_elsewhere(a.account_id)
        order by a.account_id desc limit 2) c;
    end if;
  end if;
  if public.throttle_take(
    'reset', public.throttle_bucket('reset', lower(coalesce(address, login)))) = 0
    and (found_account is null or public.throttle_take(
      'reset', public.throttle_bucket('reset', found_account::text)) = 0)
  then
    insert into public.letter (letter_id, kind, account_id, origin, recipient)
    values (
      letter, case when claims > 1 then 'several_claims' else 'password_reset' end,
      case when claims > 1 then null else found_account end, ask_reset.origin,
      case when claims > 1 then address end);
  end if;
end $$;
revoke execute on function public.ask_reset(uuid, text, text) from public, assay_app, assay_worker;
grant execute on function public.ask_reset(uuid, text, text) to assay_app;
