-- Makes an account that an invitation makes a member; returns the organization.
-- It has no personal organization: new work belongs to the one that invited.
create or replace function public.sign_up_invited(
  account_id uuid, username text, email text, password_hash text, role public.account_role,
  invitation bytea
) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if sign_up_invited.role not in ('customer', 'labeler') then raise insufficient_privilege; end if;
  perform public.expect_invitation(invitation);
  insert into public.account (account_id, username, email, password_hash, role)
  values (
    sign_up_invited.account_id, sign_up_invited.username, sign_up_invited.email,
    sign_up_invited.password_hash, sign_up_invited.role);
  return public.join_by_invitation(sign_up_invited.account_id, invitation);
end $$;
revoke execute on function
  public.sign_up_invited(uuid, text, text, text, public.account_role, bytea)
  from public, assay_app, assay_worker;
grant execute on function
  public.sign_up_invited(uuid, text, text, text, public.account_role, bytea) to assay_app;
