-- Names the store of the database at its first use; returns the name that is in force.
-- Of two that come at once the second waits for the row and gets the name of the first.
create or replace function public.claim_store(store uuid) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.site_store s set store_id = store where s.store_id is null;
  return (select s.store_id from public.site_store s);
end $$;
revoke execute on function public.claim_store(uuid) from public, assay_app, assay_worker;
grant execute on function public.claim_store(uuid) to assay_app, assay_worker;
