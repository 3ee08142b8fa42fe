-- Makes an account; a customer gets a personal organization.
create or replace function public.sign_up(
  account_id uuid, username text, email text, password_hash text, role public.account_role,
  organization_id uuid
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- The application can make no administrator, even when it is taken over.
  if session_user = 'assay_app' and sign_up.role not in ('customer', 'labeler') then
    raise insufficient_privilege;
  end if;
  -- The operator's commands make accounts on a closed site, too.
  if session_user = 'assay_app' then perform public.expect_open_sign_up(); end if;
  insert into public.account (account_id, username, email, password_hash, role)
  values (sign_up.account_id, sign_up.username, sign_up.email, sign_up.password_hash, sign_up.role);
  if sign_up.organization_id is not null then
    insert into public.organization (organization_id, name)
    values (sign_up.organization_id, sign_up.username);
    insert into public.membership (organization_id, account_id, role)
    values (sign_up.organization_id, sign_up.account_id, 'owner');
    update public.account a set organization_id = sign_up.organization_id
    where a.account_id = sign_up.account_id;
  end if;
end $$;
revoke execute on function public.sign_up(uuid, text, text, text, public.account_role, uuid)
  from public, assay_app, assay_worker;
grant execute on function public.sign_up(uuid, text, text, text, public.account_role, uuid)
  to assay_app;
