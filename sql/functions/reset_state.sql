-- Tells why a link does not set a password; null when there is no such link.
create or replace function public.reset_state(token_hash bytea) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case
    when not a.is_active or a.deleted_at is not null then 'closed'
    when r.used_at is not null then 'used'
    else 'expired'
  end
  from public.password_reset r join public.account a on a.account_id = r.account_id
  where r.token_hash = $1
$$;
revoke execute on function public.reset_state(bytea) from public, assay_app, assay_worker;
grant execute on function public.reset_state(bytea) to assay_app;
