-- Logs the counts of past hours of accounts that have had no refusal since.
create or replace function public.sweep_refusals() returns void
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
revoke execute on function public.sweep_refusals() from public, assay_app, assay_worker;
grant execute on function public.sweep_refusals() to assay_worker;
