-- Records a report of one item of a task, or of all of them, and holds these items in their pool;
-- gold, too, so that a report does not tell it from others.
-- The result `made` or `known` comes with the report; `known` is the caller's open report of the
-- same. `full`: the caller has too many open reports, or they hold too many items; `dismissed`: a
-- report of the caller about one of the items was dismissed; `no image`: the task has no such item;
-- `no task`: the caller neither has nor may claim such a task.
create or replace function public.report_task(
  report uuid, wanted uuid, image uuid, why text, more text
) returns table (outcome text, its_report uuid, its_item uuid, its_reason text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller uuid := public.scope_account();
  task public.task;
  known public.task_report;
  reported uuid[];
  tasks uuid[];
  -- The items that a report holds; an appointed task goes on while its report is open.
  holds integer;
  held integer;
begin
  -- Two reports of one person follow each other, and no removal comes between.
  perform from public.account a
  where a.account_id = caller and a.is_active
    and a.role in ('labeler', 'reviewer', 'admin', 'universal')
  for no key update;
  if not found then raise insufficient_privilege; end if;
  select t.* into task from public.task t where t.task_id = wanted;
  reported := array(
    select i.item_id from public.task_item i
    where i.task_id = wanted and (image is null or i.item_id = image)
    order by i.item_id);
  its_item := coalesce(image, case when task.item_count = 1 then reported[1] end);
  -- Somebody without the task cannot claim it any more when all of it is held.
  select r.* into known from public.task_report r
  where r.task_id = wanted and r.account_id = caller and r.state = 'open'
    and r.item_id is not distinct from its_item;
  if found then
    outcome := 'known';
    its_report := known.task_report_id;
    its_reason := known.reason;
    return next;
    return;
  end if;
  if not exists (
      select from public.assignment a
      where a.task_id = wanted and a.account_id = caller and a.withdrawn_at is null
        and a.state not in ('expired', 'released'))
    and not exists (select from public.claimable_task(wanted))
  then
    outcome := 'no task';
    return next;
    return;
  end if;
  if cardinality(reported) = 0 then
    outcome := 'no image';
    return next;
    return;
  end if;
  -- An item may be in several tasks, and a report is about one item or all of a task.
  if exists (
    select from public.task_report r
    where r.account_id = caller and r.project_id = task.project_id and r.state = 'dismissed'
      and (r.item_id = any (reported) or r.item_id is null and exists (
        select from public.task_item d
        where d.task_id = r.task_id and d.item_id = any (reported))))
  then
    outcome := 'dismissed';
    return next;
    return;
  end if;
  holds := case when task.in_pool then cardinality(reported) else 0 end;
  select coalesce(sum(case
    when not t.in_pool then 0 when r.item_id is null then t.item_count else 1 end), 0) into held
  from public.task_report r join public.task t on t.task_id = r.task_id
  where r.account_id = caller and r.state = 'open';
  if (select l.open_reports from public.site_limits l) <= (
    select count(*) from public.task_report r where r.account_id = caller and r.state = 'open')
    or holds > 0 and (select l.reported_items from public.site_limits l) < holds + held
  then
    outcome := 'full';
    return next;
    return;
  end if;
  tasks := array(
    select distinct p.task_id from public.pool_item p
    where p.item_id = any (reported) and p.task_id is not null
    order by 1);
  perform from public.task t where t.task_id = any (tasks) order by t.task_id for no key update;
  perform from public.pool_item p where p.item_id = any (reported)
  order by p.item_id for no key update;
  insert into public.task_report (
    task_report_id, organization_id, project_id, task_id, item_id, account_id, reason, details)
  values (
    report, task.organization_id, task.project_id, wanted, its_item, caller, why, more);
  update public.pool_item p set state = 'held'
  where p.item_id = any (reported) and (p.state = 'open' or p.is_gold and p.state = 'resolved');
  perform public.recount_tasks(tasks);
  outcome := 'made';
  its_report := report;
  its_reason := why;
  return next;
end $$;
revoke execute on function public.report_task(uuid, uuid, uuid, text, text)
  from public, assay_app, assay_worker;
grant execute on function public.report_task(uuid, uuid, uuid, text, text) to assay_app;
