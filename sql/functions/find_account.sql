-- Finds an active account by its name or verified address, to be added somewhere.
create or replace function public.find_account(login text) returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select a.account_id from public.account a
  where position('@' in $1) = 0 and lower(a.username) = lower($1) and a.is_active
  union all
  select a.account_id from public.account a
  where position('@' in $1) > 0 and lower(a.email) = lower($1)
    and a.email_verified_at is not null and a.is_active
$$;
revoke execute on function public.find_account(text) from public, assay_app, assay_worker;
grant execute on function public.find_account(text) to assay_app;
