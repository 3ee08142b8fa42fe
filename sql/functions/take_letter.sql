-- Takes the next letter of these kinds for some minutes.
create or replace function public.take_letter(
  kinds text[], out letter_id uuid, out kind text, out account_id uuid, out recipient text,
  out name text, out origin text, out attempts integer, out invitation_id uuid
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from public.letter l where l.kind = 'password_reset' and l.account_id is null;
  update public.letter l
  set run_after = now() + (select s.letter_retry from public.site_limits s),
    attempts = l.attempts + 1
  where l.letter_id = (
    select w.letter_id from public.letter w
    where w.run_after <= now() and w.kind = any (kinds)
    order by w.run_after limit 1 for update skip locked)
  returning l.letter_id, l.kind, l.account_id, l.origin, l.attempts, l.invitation_id, l.recipient
  into take_letter.letter_id, take_letter.kind, take_letter.account_id, take_letter.origin,
    take_letter.attempts, take_letter.invitation_id, take_letter.recipient;
  select coalesce(take_letter.recipient, a.email), a.username
  into take_letter.recipient, take_letter.name
  from (select) one
  left join public.account a on a.account_id = take_letter.account_id;
end $$;
revoke execute on function public.take_letter(text[]) from public, assay_app, assay_worker;
grant execute on function public.take_letter(text[]) to assay_worker;
