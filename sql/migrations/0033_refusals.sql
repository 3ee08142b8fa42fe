-- Refusals in the audit log: anybody with an account can make as many as requests get through. The
-- first 20 of an account in an hour are entries, the rest is counted, and the sum is one entry.

create table refusal_count (
  account_id uuid primary key references account,
  -- The hour that is counted.
  hour timestamptz not null,
  count bigint not null
) with (fillfactor = 50);  -- updated in place
alter table refusal_count enable row level security;
create policy nobody on refusal_count using (false);

-- Writes what was counted beside the entries of an hour.
create function sum_refusals(account uuid, hour timestamptz, count bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.audit(
    'refused.more', $1, null, null, null, null, null,
    jsonb_build_object(
      'hour', to_char($2 at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'count', $3 - 20))
  where $3 > 20
$$;

-- Records a refusal, or counts it. The account's row of counts is locked before the log's head, as
-- everywhere here.
create function audit_refusal(
  account uuid, organization uuid, object text, address text, request_id text, facts jsonb
) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  old public.refusal_count;
  this_hour timestamptz;
begin
  loop
    insert into public.refusal_count (account_id, hour, count)
    values (account, date_trunc('hour', clock_timestamp()), 0) on conflict do nothing;
    select * into old from public.refusal_count r where r.account_id = account for no key update;
    -- The sweep may have taken the row away in between.
    exit when found;
  end loop;
  -- Asked behind the lock: an hour may have passed meanwhile. It never goes back.
  this_hour := greatest(old.hour, date_trunc('hour', clock_timestamp()));
  if old.hour < this_hour then
    perform public.sum_refusals(account, old.hour, old.count);
    old.count := 0;
  end if;
  update public.refusal_count r set hour = this_hour, count = old.count + 1
  where r.account_id = account;
  if old.count < 20 then
    perform public.audit(
      'refused', account, null, organization, object, address, audit_refusal.request_id, facts);
  else
    -- A crash may forget the last of what is only counted; nobody has to wait for the disk.
    perform set_config('synchronous_commit', 'off', true);
  end if;
end $$;

-- Sums up the hours that are over, of accounts that are refused nothing any more.
create function sweep_refusals() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  past public.refusal_count;
begin
  for past in
    delete from public.refusal_count r using (
      select c.account_id from public.refusal_count c
      where c.hour < date_trunc('hour', clock_timestamp())
      order by c.account_id for update skip locked) over
    where r.account_id = over.account_id
    returning r.account_id, r.hour, r.count
  loop
    perform public.sum_refusals(past.account_id, past.hour, past.count);
  end loop;
end $$;

revoke execute on function sum_refusals, audit_refusal, sweep_refusals from public;
grant execute on function audit_refusal to assay_app;
grant execute on function sweep_refusals to assay_worker;
