-- Removes the project roles of a deleted account.
create or replace function public.drop_roles() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from public.project_member p where p.account_id = new.account_id;
  return null;
end $$;
