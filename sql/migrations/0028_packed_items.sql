-- The displayed data of a task's items in one column: joining them costs more than the rest of the
-- request. A later migration fills it for tasks that exist. A task's items never change, nor do an item's bytes; an item of a task is never deleted.
--
-- In the task's order, for each: the id (16 bytes), the SHA-256 (32), the length of the media type
-- (2, the high byte first), the media type.
alter table task add column packed_items bytea not null default '';
-- Digests do not get smaller, and out of the row they are read only where they are shown.
alter table task alter packed_items set storage external;
alter table task set (toast_tuple_target = 256);

create function pack_items(tasks uuid[]) returns void language sql
set search_path = pg_catalog, pg_temp as $$
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

-- By a trigger, because processes of the last version make tasks, too, while a new one is rolled out.
create function pack_new_items() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  perform public.pack_items(array(select distinct n.task_id from new_items n));
  return null;
end $$;
revoke execute on function pack_items, pack_new_items from public;
create trigger task_filled after insert on task_item
  referencing new table as new_items
  for each statement execute function pack_new_items();
