-- Takes an excluded item out of its pool, and a restored one back.
create or replace function public.follow_item() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  its_task uuid;
begin
  -- Uploads of unopened projects and their items end here.
  if not exists (select from public.pool o where o.project_id = new.project_id) then
    return null;
  end if;
  select p.task_id into its_task from public.pool_item p where p.item_id = new.item_id;
  if its_task is null then
    -- It may become part of a task at this moment.
    perform from public.pool o where o.project_id = new.project_id for share;
    select p.task_id into its_task from public.pool_item p where p.item_id = new.item_id;
  end if;
  perform from public.task t where t.task_id = its_task for no key update;
  if new.state = 'excluded' then
    update public.pool_item p set state = 'excluded', leases = 0
    where p.item_id = new.item_id and p.state <> 'excluded';
    -- Another transaction may be saving an answer: it is awaited, and the next statement sees it.
    perform from public.claim c where c.item_id = new.item_id and c.state = 'leased'
    order by c.account_id for no key update;
    -- Without a time of the answer: it is counted as given when it is sent, or settled.
    update public.claim c set
      state = case when exists (
          select from public.annotation n
          where n.item_id = c.item_id and n.account_id = c.account_id)
        then 'surplus' else 'returned' end::public.claim_state
    where c.item_id = new.item_id and c.state = 'leased';
  else
    insert into public.pool_item as p (item_id, organization_id, project_id, slots)
    select new.item_id, new.organization_id, new.project_id, o.max_labels
    from public.pool o where o.project_id = new.project_id
    on conflict (item_id) do update set
      slots = greatest(excluded.slots, p.answers + p.leases),
      state = case
        when exists (
          select from public.item_label l where l.item_id = p.item_id and l.state = 'resolved')
          then 'resolved'
        when public.has_report(p.item_id, p.project_id, 'open') then 'held'
        else 'open' end::public.pool_item_state
    where p.state = 'excluded';
    perform public.promote_surplus(array[new.item_id]);
  end if;
  perform public.recount_tasks(array[its_task]);
  return null;
end $$;
revoke execute on function public.follow_item() from public, assay_app, assay_worker;
create or replace trigger item_pooled after update of state on public.item
  for each row when (old.state <> new.state and (old.state = 'excluded' or new.state = 'excluded'))
  execute function public.follow_item();
