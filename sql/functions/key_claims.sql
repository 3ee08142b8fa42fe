-- Returns the account and scopes of an API key; no row when it is unknown, revoked or expired.
create or replace function public.key_claims(secret_hash bytea)
returns table (
  account_id uuid, role public.account_role, organization_id uuid, scopes text[]
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Written once a minute, so that not every request writes; `skip locked`, so that two requests at
  -- once do not wait for each other.
  update public.api_key k set last_used_at = now()
  where k.api_key_id = (
    select w.api_key_id from public.api_key w
    where w.secret_hash = key_claims.secret_hash
      and (w.last_used_at is null or w.last_used_at < now() - interval '1 minute')
      and w.revoked_at is null and (w.expires_at is null or w.expires_at > now())
    for no key update skip locked);
  return query
    select a.account_id, a.role, a.organization_id, k.scopes
    from public.api_key k join public.account a on a.account_id = k.account_id
    where k.secret_hash = key_claims.secret_hash and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now()) and a.is_active;
end $$;
revoke execute on function public.key_claims(bytea) from public, assay_app, assay_worker;
grant execute on function public.key_claims(bytea) to assay_app;
