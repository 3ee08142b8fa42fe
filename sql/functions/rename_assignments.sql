-- Copies a project's new title to its assignments, locked in the order of their ids.
create or replace function public.rename_assignments() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.assignment a where a.project_id = new.project_id
  order by a.assignment_id for no key update;
  update public.assignment a set project_title = new.title where a.project_id = new.project_id;
  return null;
end $$;
