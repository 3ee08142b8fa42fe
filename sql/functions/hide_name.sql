-- Hides or shows the caller's name on leaderboards.
create or replace function public.hide_name(hidden boolean) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update public.account a set is_anonymous = hidden, updated_at = now()
  where a.account_id = public.scope_account() and a.is_anonymous <> hidden
$$;
revoke execute on function public.hide_name(boolean) from public, assay_app, assay_worker;
grant execute on function public.hide_name(boolean) to assay_app;
