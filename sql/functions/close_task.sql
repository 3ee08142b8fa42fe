-- Closes a task when an assignment of it is submitted; a task of a pool waits for all its items.
create or replace function public.close_task() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.task t set state = 'done' where t.task_id = new.task_id and t.state = 'open' and not t.in_pool;
  return null;
end $$;
