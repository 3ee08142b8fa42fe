-- Stores keys and names of label classes in Unicode's form NFC.
create or replace function public.normalize_class() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if getdatabaseencoding() = 'UTF8' then
    new.key := normalize(new.key, nfc);
    new.name := normalize(new.name, nfc);
  end if;
  return new;
end $$;
