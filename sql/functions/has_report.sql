-- Tells whether a report in this state, which is not `dismissed`, is about an item.
create or replace function public.has_report(
  item uuid, project uuid, wanted public.report_state
) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
      select from public.task_report r
      where r.item_id = item and r.state <> 'dismissed' and r.state = wanted)
    or exists (
      select from public.task_report r
      where r.project_id = project and r.item_id is null and r.state <> 'dismissed'
        and r.state = wanted
        and exists (
          select from public.task_item t where t.task_id = r.task_id and t.item_id = item
          offset 0))
$$;
revoke execute on function public.has_report(uuid, uuid, public.report_state)
  from public, assay_app, assay_worker;
