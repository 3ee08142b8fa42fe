-- Adds an organization to those that an account may see.
create or replace function public.note_grant() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.account a where a.account_id = new.account_id for no key update;
  update public.account a
  set organizations = a.organizations || new.organization_id
  where a.account_id = new.account_id and new.organization_id <> all (a.organizations);
  return null;
end $$;
