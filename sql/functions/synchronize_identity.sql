-- Makes the account of another issuer's subject, or updates it.
-- True when it is new, null when it is inactive. A new account that comes by an invitation has no
-- personal organization.
create or replace function public.synchronize_identity(
  issuer text, subject text, email text, full_name text, new_account uuid, new_username text,
  invitation bytea
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known uuid;
  free_email text := email;
begin
  perform pg_advisory_xact_lock(hashtext('identity ' || issuer || ' ' || subject));
  select i.account_id into known from public.external_identity i
  where i.issuer = synchronize_identity.issuer and i.subject = synchronize_identity.subject;
  -- When another account has this address, the new account has none.
  if exists (
    select from public.account a
    where lower(a.email) = lower(free_email) and a.account_id is distinct from known)
  then
    free_email := null;
  end if;
  if known is not null then
    update public.account a
    set email = coalesce(free_email, a.email),
      full_name = coalesce(synchronize_identity.full_name, a.full_name), updated_at = now()
    where a.account_id = known and a.is_active;
    if not found then return null; end if;
    return false;
  end if;
  if invitation is null then
    perform public.expect_open_sign_up();
  else
    perform public.expect_invitation(invitation);
  end if;
  -- '!' is not a hash, so no password matches.
  insert into public.account (account_id, username, email, full_name, password_hash, role)
  values (
    new_account, new_username, free_email, synchronize_identity.full_name, '!', 'customer');
  insert into public.external_identity (issuer, subject, account_id)
  values (synchronize_identity.issuer, synchronize_identity.subject, new_account);
  if invitation is null then
    perform public.give_organization(new_account);
  else
    perform public.join_by_invitation(new_account, invitation);
  end if;
  return true;
end $$;
revoke execute on function public.synchronize_identity(text, text, text, text, uuid, text, bytea)
  from public, assay_app, assay_worker;
grant execute on function public.synchronize_identity(text, text, text, text, uuid, text, bytea)
  to assay_app;

-- Stays for one release: the previous version has no invitations here.
create or replace function public.synchronize_identity(
  issuer text, subject text, email text, full_name text, new_account uuid, new_username text
) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.synchronize_identity($1, $2, $3, $4, $5, $6, null)
$$;
revoke execute on function public.synchronize_identity(text, text, text, text, uuid, text)
  from public, assay_app, assay_worker;
grant execute on function public.synchronize_identity(text, text, text, text, uuid, text)
  to assay_app;
