-- Calls `heal_blob` for each new row of `blob`.
create or replace function public.heal_stored_blob() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform public.heal_blob(new.sha256);
  return null;
end $$;
