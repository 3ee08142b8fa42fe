-- Gives a job that the version before makes the key of its project.
create or replace function public.complete_old_job() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.key := new.project_id::text;
  return new;
end $$;
revoke execute on function public.complete_old_job() from public, assay_app, assay_worker;
grant execute on function public.complete_old_job() to assay_app, assay_worker;

create or replace trigger complete_old_job before insert on public.job for each row
  when (new.key is null and new.kind in ('qc', 'previews'))
  execute function public.complete_old_job();
