-- Locks and returns a task with gold that an account has not had, by chance; null when there is none.
create or replace function public.find_gold_task(account uuid, project uuid) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  start double precision := random();
  chosen uuid;
begin
  for half in 1..2 loop
    select p.task_id into chosen
    from public.gold_item g
    join public.pool_item p on p.item_id = g.item_id and p.is_gold and p.state = 'resolved'
    where g.project_id = project and p.task_id is not null
      and case half when 1 then g.lottery >= start else g.lottery < start end
      and not exists (
        select from public.claim c
        where c.item_id = g.item_id and c.account_id = account and c.state <> 'returned')
      and not exists (
        select from public.annotation n where n.item_id = g.item_id and n.account_id = account)
      and not exists (
        select from public.assignment a
        where a.task_id = p.task_id and a.account_id = account and a.state <> 'expired')
    order by g.lottery limit 1;
    exit when chosen is not null;
  end loop;
  select t.task_id into chosen from public.task t where t.task_id = chosen
  for no key update skip locked;
  return chosen;
end $$;
revoke execute on function public.find_gold_task(uuid, uuid) from public, assay_app, assay_worker;
