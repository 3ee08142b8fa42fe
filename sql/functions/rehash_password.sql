-- Stores the same password under stronger parameters, unless it was changed meanwhile.
create or replace function public.rehash_password(
  account uuid, old_hash text, new_hash text
) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update public.account a set password_hash = $3
  where a.account_id = $1 and a.password_hash = $2
$$;
revoke execute on function public.rehash_password(uuid, text, text)
  from public, assay_app, assay_worker;
grant execute on function public.rehash_password(uuid, text, text) to assay_app;
