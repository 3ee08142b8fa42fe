-- Calls `pack_items` for the tasks that have got items.
create or replace function public.pack_new_items() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform public.pack_items(array(select distinct n.task_id from new_items n));
  return null;
end $$;
revoke execute on function public.pack_new_items() from public, assay_app, assay_worker;
