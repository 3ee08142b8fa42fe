-- Returns the account of another issuer's subject; no row when there is none.
create or replace function public.identity_claims(issuer text, subject text)
returns table (
  account_id uuid, role public.account_role, organization_id uuid
)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select a.account_id, a.role, a.organization_id
  from public.external_identity i join public.account a on a.account_id = i.account_id
  where i.issuer = $1 and i.subject = $2 and a.is_active
$$;
revoke execute on function public.identity_claims(text, text) from public, assay_app, assay_worker;
grant execute on function public.identity_claims(text, text) to assay_app;
