-- Logs a refusal (403), or only counts it when the account has had many in this hour.
-- The account's row of counts is locked before the log's head, as everywhere.
create or replace function public.audit_refusal(
  account uuid, organization uuid, object text, address text, request_id text, facts jsonb
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  old public.refusal_count;
  this_hour timestamptz;
begin
  loop
    insert into public.refusal_count (account_id, hour, count)
    values (account, date_trunc('hour', clock_timestamp()), 0) on conflict do nothing;
    select * into old from public.refusal_count r where r.account_id = account for no key update;
    -- The sweep may have deleted the row in between.
    exit when found;
  end loop;
  -- Read under the lock, since the hour may have changed while this waited. It never goes back.
  this_hour := greatest(old.hour, date_trunc('hour', clock_timestamp()));
  if old.hour < this_hour then
    perform public.sum_refusals(account, old.hour, old.count);
    old.count := 0;
  end if;
  update public.refusal_count r set hour = this_hour, count = old.count + 1
  where r.account_id = account;
  if old.count < (select l.logged_refusals from public.site_limits l) then
    perform public.audit(
      'refused', account, null, organization, object, address, audit_refusal.request_id, facts);
  else
    -- A crash may lose the last counts, so that nobody has to wait for the disk.
    perform set_config('synchronous_commit', 'off', true);
  end if;
end $$;
revoke execute on function public.audit_refusal(uuid, uuid, text, text, text, jsonb)
  from public, assay_app, assay_worker;
grant execute on function public.audit_refusal(uuid, uuid, text, text, text, jsonb) to assay_app;
