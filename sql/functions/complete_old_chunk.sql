-- Gives a chunk that the version before makes or cuts its kind and its number of parts.
create or replace function public.complete_old_chunk() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  new.kind := (select j.kind from public.job j where j.job_id = new.job_id);
  new.size := cardinality(new.items);
  return new;
end $$;
revoke execute on function public.complete_old_chunk() from public, assay_app, assay_worker;

create or replace trigger complete_old_chunk before insert or update of items on public.job_chunk
  for each row when (new.payload is null) execute function public.complete_old_chunk();
