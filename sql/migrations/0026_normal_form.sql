-- Classes are compared by their bytes, so their keys are kept in one normal form (NFC), in which
-- the application brings every label. A schema that names a class twice in two forms, which no
-- version of the application has made, is left alone. Annotations stay as they were saved: they are put into the form when they
-- are read. A database in another encoding than UTF-8 has no normal forms.

do $$
begin
  if getdatabaseencoding() <> 'UTF8' then return; end if;
  with changed as (
    update public.label_schema s
    set keys = array(
      select normalize(given.key, nfc) from unnest(s.keys) with ordinality as given (key, place)
      order by given.place)
    where exists (select from unnest(s.keys) as given (key) where given.key is not nfc normalized)
      and cardinality(s.keys) = (
        select count(distinct normalize(given.key, nfc)) from unnest(s.keys) as given (key))
    returning s.schema_id
  )
  update public.label_class c
  set key = normalize(c.key, nfc), name = normalize(c.name, nfc)
  from changed
  where c.schema_id = changed.schema_id;
end $$;

-- The version that still runs meanwhile makes schemas in the form that it was sent.
create function normalize_schema() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if getdatabaseencoding() = 'UTF8' then
    new.keys := array(
      select normalize(given.key, nfc) from unnest(new.keys) with ordinality as given (key, place)
      order by given.place);
  end if;
  return new;
end $$;

create function normalize_class() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if getdatabaseencoding() = 'UTF8' then
    new.key := normalize(new.key, nfc);
    new.name := normalize(new.name, nfc);
  end if;
  return new;
end $$;

create trigger normalize_schema before insert on label_schema
  for each row execute function normalize_schema();
create trigger normalize_class before insert on label_class
  for each row execute function normalize_class();
