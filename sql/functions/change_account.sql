-- Changes the caller's names; administrators can change any account.
-- Null leaves a value as it is; returns false when there is no such account.
create or replace function public.change_account(
  account uuid, new_username text, new_email text, new_full_name text, new_active boolean,
  new_role public.account_role
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  old public.account;
  -- The command line connects as the owner, without a scope.
  is_owner boolean := session_user not in ('assay_app', 'assay_worker');
begin
  if not is_owner and not public.runs_site()
    and (account is distinct from public.scope_account()
      or new_active or new_role is not null)
  then
    raise insufficient_privilege;
  end if;
  -- When two admins deactivate each other at once, the second waits here and sees the first change.
  if new_active is not null or new_role is not null then
    perform pg_advisory_xact_lock(hashtext('change_account'));
  end if;
  select * into old from public.account a
  where a.account_id = account and a.deleted_at is null for no key update;
  if not found then return false; end if;
  if old.role = 'admin' and old.is_active
    and (new_active is false or coalesce(new_role, 'admin') <> 'admin')
    and not exists (
      select from public.account a
      where a.role = 'admin' and a.is_active and a.account_id <> account)
  then
    raise check_violation using constraint = 'account_last_admin',
      message = 'the site needs an admin';
  end if;
  update public.account a set
    username = coalesce(new_username, a.username), email = coalesce(new_email, a.email),
    full_name = coalesce(new_full_name, a.full_name),
    is_active = coalesce(new_active, a.is_active), role = coalesce(new_role, a.role),
    updated_at = now()
  where a.account_id = account;
  if new_active is false then
    update public.session s set ended_at = now()
    where s.account_id = account and s.ended_at is null;
  end if;
  if new_role in ('customer', 'universal') and old.organization_id is null then
    perform public.give_organization(account);
  end if;
  return true;
end $$;
revoke execute on function
  public.change_account(uuid, text, text, text, boolean, public.account_role)
  from public, assay_app, assay_worker;
grant execute on function
  public.change_account(uuid, text, text, text, boolean, public.account_role)
  to assay_app;
