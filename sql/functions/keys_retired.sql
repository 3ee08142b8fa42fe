-- Counts the API keys of an account that this transaction has revoked, for the audit log.
create or replace function public.keys_retired(account uuid) returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*) from public.api_key k where k.account_id = $1 and k.revoked_at = now()
$$;
revoke execute on function public.keys_retired(uuid) from public, assay_app, assay_worker;
grant execute on function public.keys_retired(uuid) to assay_app;
