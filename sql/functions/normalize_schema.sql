-- Stores the keys of a label schema in Unicode's form NFC.
create or replace function public.normalize_schema() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if getdatabaseencoding() = 'UTF8' then
    new.keys := array(
      select normalize(given.key, nfc) from unnest(new.keys) with ordinality as given (key, place)
      order by given.place);
  end if;
  return new;
end $$;
