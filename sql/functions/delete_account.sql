-- Removes the personal data of an account and keeps its row.
create or replace function public.delete_account(account uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  owned uuid;
begin
  -- Organizations are locked before the account, as when members are added or removed.
  perform from public.organization o
  where o.organization_id in (select m.organization_id from public.membership m
    where m.account_id = account and m.role = 'owner')
  order by o.organization_id for no key update;
  if not public.change_account(account, null, null, null, false, null) then return false; end if;
  -- An organization that has other members must keep an owner.
  for owned in
    select m.organization_id from public.membership m
    where m.account_id = account and m.role = 'owner'
  loop
    if exists (
      select from public.membership m join public.account a on a.account_id = m.account_id
      where m.organization_id = owned and m.account_id <> account and a.is_active)
    then
      perform public.expect_owner(owned, account);
    end if;
  end loop;
  -- Nobody else can have this name, because a username contains no colon.
  update public.account a set
    username = 'deleted:' || a.account_id, email = null, full_name = null, password_hash = '!',
    deleted_at = now()
  where a.account_id = account;
  update public.api_key k set revoked_at = now()
  where k.account_id = account and k.revoked_at is null;
  update public.session s set device = null, address = null where s.account_id = account;
  -- The person may sign in again with another issuer's token, as a new account.
  delete from public.external_identity i where i.account_id = account;
  return true;
end $$;
revoke execute on function public.delete_account(uuid) from public, assay_app, assay_worker;
grant execute on function public.delete_account(uuid) to assay_app;
