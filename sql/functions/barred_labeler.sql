-- Returns what a letter about a barred labeler says; nothing when the bar was taken back.
create or replace function public.barred_labeler(letter uuid)
returns table (title text, username text, correct integer, answers integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.title, a.username, b.correct, b.answers
  from public.letter l
  join public.gold_bar b on b.project_id = l.project_id and b.account_id = l.labeler_id
  join public.project p on p.project_id = b.project_id
  join public.account a on a.account_id = b.account_id
  where l.letter_id = letter
$$;
revoke execute on function public.barred_labeler(uuid) from public, assay_app, assay_worker;
grant execute on function public.barred_labeler(uuid) to assay_worker;
