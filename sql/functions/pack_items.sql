-- Writes id, SHA-256 and media type of the items of tasks into `task.packed_items`.
create or replace function public.pack_items(tasks uuid[]) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  update public.task t set packed_items = packed.items
  from (
    select i.task_id,
      string_agg(
        uuid_send(i.item_id) || shown.sha256 || int2send(octet_length(b.mime)::int2)
          || convert_to(b.mime, 'UTF8'),
        '' order by i.position) as items
    from public.task_item i
    join public.item shown on shown.item_id = i.item_id
    join public.blob b
      on b.organization_id = shown.organization_id and b.sha256 = shown.sha256
    where i.task_id = any (tasks)
    group by i.task_id
  ) packed
  where t.task_id = packed.task_id
$$;
revoke execute on function public.pack_items(uuid[]) from public, assay_app, assay_worker;
