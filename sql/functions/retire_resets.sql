-- Ends an account's links to set a password.
-- The caller holds the account's row.
create or replace function public.retire_resets(account uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update public.password_reset r set used_at = now()
  where r.account_id = $1 and r.used_at is null;
  delete from public.letter l where l.account_id = $1 and l.kind = 'password_reset'
$$;
revoke execute on function public.retire_resets(uuid) from public, assay_app, assay_worker;
