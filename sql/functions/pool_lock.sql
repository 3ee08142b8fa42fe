-- Locks a project's pool against being closed, until the transaction ends.
-- An advisory lock, because a row that hundreds of claims share would be written by each of them.
create or replace function public.pool_lock(project uuid) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('pool ' || project, 0));
end $$;
revoke execute on function public.pool_lock(uuid) from public, assay_app, assay_worker;
