-- Tells why an account gets no more leases of a pool: `closed`, `barred`, `unskilled` because of its
-- answers to gold, or `full`; null if it may.
-- The caller has locked the account and the pool.
create or replace function public.may_lease(account uuid, settings public.pool) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if settings.state <> 'open' then return 'closed'; end if;
  if public.is_barred(account, settings.project_id) then return 'barred'; end if;
  if exists (
    select from public.gold_bar b
    where b.project_id = settings.project_id and b.account_id = account)
  then
    return 'unskilled';
  end if;
  if settings.leases_per_person <= (
    select count(*) from public.assignment a
    where a.account_id = account and a.project_id = settings.project_id
      and a.lease_expires_at > now() and a.state in ('leased', 'in_progress')
      and exists (
        select from public.claim c where c.assignment_id = a.assignment_id and c.state = 'leased'))
  then
    return 'full';
  end if;
  return null;
end $$;
revoke execute on function public.may_lease(uuid, public.pool) from public, assay_app, assay_worker;
