-- As one condition for names and addresses it was a scan of all accounts; as two, each has its index.
create or replace function account_for_sign_in(
  login text,
  out account_id uuid, out username text, out email text, out role public.account_role,
  out organization_id uuid, out is_active boolean, out password_hash text
) language sql stable security definer as $$
  select a.account_id, a.username, a.email, a.role, a.organization_id, a.is_active, a.password_hash
  from public.account a
  where position('@' in login) = 0 and lower(a.username) = lower(login)
  union all
  select a.account_id, a.username, a.email, a.role, a.organization_id, a.is_active, a.password_hash
  from public.account a
  where position('@' in login) > 0 and lower(a.email) = lower(login)
$$;
