-- Lists the newest accounts that claim an address without having verified it.
create or replace function public.claiming_names(address text) returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select array(
    select a.username from public.account a
    where lower(a.email) = lower($1) and a.is_active and a.email_verified_at is null
    order by a.account_id desc
    limit (select l.named_claims from public.site_limits l))
$$;
revoke execute on function public.claiming_names(text) from public, assay_app, assay_worker;
grant execute on function public.claiming_names(text) to assay_worker;
