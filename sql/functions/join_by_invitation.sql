-- Makes a new account a member by an invitation; fails if the link is not valid.
-- `use_invitation` acts for the account of the scope, which is the new one until it returns.
create or replace function public.join_by_invitation(account uuid, hash bytea) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller text := coalesce(current_setting('assay.account', true), '');
  visible text := coalesce(current_setting('assay.organizations', true), '');
  joined uuid;
begin
  perform set_config('assay.account', account::text, true),
    set_config('assay.organizations', a.organizations::text, true)
  from public.account a where a.account_id = account;
  select u.organization into joined from public.use_invitation(hash) u where u.outcome = 'joined';
  perform set_config('assay.account', caller, true),
    set_config('assay.organizations', visible, true);
  if joined is null then
    raise check_violation using constraint = 'sign_up_invitation', message = 'unfounded';
  end if;
  return joined;
end $$;
revoke execute on function public.join_by_invitation(uuid, bytea)
  from public, assay_app, assay_worker;
