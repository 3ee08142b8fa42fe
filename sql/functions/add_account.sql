-- Makes an account for the operator; customers own a personal organization.
create or replace function public.add_account(
  account uuid, username text, email text, full_name text, password_hash text,
  role public.account_role
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if session_user in ('assay_app', 'assay_worker') and not public.runs_site() then
    raise insufficient_privilege;
  end if;
  insert into public.account (account_id, username, email, full_name, password_hash, role)
  values (
    account, add_account.username, add_account.email, add_account.full_name,
    add_account.password_hash, add_account.role);
  if role in ('customer', 'universal') then perform public.give_organization(account); end if;
end $$;
revoke execute on function public.add_account(uuid, text, text, text, text, public.account_role)
  from public, assay_app, assay_worker;
grant execute on function public.add_account(uuid, text, text, text, text, public.account_role)
  to assay_app;
