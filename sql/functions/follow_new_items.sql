-- Adds new items of an opened project to its pool.
create or replace function public.follow_new_items() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.pool_item (item_id, organization_id, project_id, slots)
  select n.item_id, n.organization_id, n.project_id, o.max_labels
  from new_items n join public.pool o on o.project_id = n.project_id
  where n.state <> 'excluded'
  order by n.item_id
  on conflict do nothing;
  return null;
end $$;
revoke execute on function public.follow_new_items() from public, assay_app, assay_worker;
create or replace trigger items_pooled after insert on public.item
  referencing new table as new_items
  for each statement execute function public.follow_new_items();
