-- Deletes a letter that was sent or given up.
create or replace function public.drop_letter(letter uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from public.letter l where l.letter_id = $1
$$;
revoke execute on function public.drop_letter(uuid) from public, assay_app, assay_worker;
grant execute on function public.drop_letter(uuid) to assay_worker;
