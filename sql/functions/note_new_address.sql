-- Tells an account's verified address that it is about to be replaced.
-- `origin` is null where no letters are sent. Returns true when the new address differs.
create or replace function public.note_new_address(
  letter uuid, account uuid, new_email text, origin text
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  old public.account;
begin
  select a.* into old from public.account a
  where a.account_id = account and lower(a.email) is distinct from lower(new_email);
  if not found then return false; end if;
  if old.email_verified_at is not null and origin is not null
    and public.may_write_to(old.email)
  then
    insert into public.letter (letter_id, kind, account_id, origin, recipient)
    values (letter, 'address_changed', account, note_new_address.origin, old.email);
  end if;
  return true;
end $$;
revoke execute on function public.note_new_address(uuid, uuid, text, text)
  from public, assay_app, assay_worker;
grant execute on function public.note_new_address(uuid, uuid, text, text) to assay_app;
