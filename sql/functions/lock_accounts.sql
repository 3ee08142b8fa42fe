-- Locks the accounts that a change of rights depends on, in the order of their ids.
-- The changed account is locked against every other change; the caller and `used` against a loss
-- of the rights that this transaction uses.
create or replace function public.lock_accounts(changed uuid, used uuid default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller uuid := public.scope_account();
  one record;
begin
  for one in
    select v.account, bool_or(v.is_changed) as is_changed
    from (values (changed, true), (caller, false), (used, false)) as v (account, is_changed)
    where v.account is not null
    group by v.account order by v.account
  loop
    if one.is_changed then
      perform from public.account a where a.account_id = one.account for no key update;
    else
      perform from public.account a where a.account_id = one.account for share;
    end if;
  end loop;
  if caller is null then return; end if;
  -- The caller's rights may have changed while this waited: then the application tries again, as
  -- after `admit`.
  select concat_ws(' ', a.role, a.organization_id) as claims,
    case when a.role in ('admin', 'universal') then '*' else a.organizations::text end as scope
  into one
  from public.account a where a.account_id = caller and a.is_active;
  if not found then raise exception 'the account is deactivated' using errcode = 'AS401'; end if;
  if one.scope is distinct from current_setting('assay.organizations', true) then
    raise exception '%', one.claims using errcode = 'AS403';
  end if;
end $$;
revoke execute on function public.lock_accounts(uuid, uuid) from public, assay_app, assay_worker;
grant execute on function public.lock_accounts(uuid, uuid) to assay_app;
