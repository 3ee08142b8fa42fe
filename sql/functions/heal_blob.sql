-- Marks bytes as whole again in all organizations, after they were stored anew.
create or replace function public.heal_blob(sha256 bytea) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update public.blob b
  set damaged_at = null,
    -- Previews that could not be made of the damaged file are tried again.
    previewed_at = case when b.preview_fault is null then b.previewed_at end,
    preview_fault = null
  where b.sha256 = heal_blob.sha256 and b.damaged_at is not null
$$;
revoke execute on function public.heal_blob(bytea) from public, assay_app, assay_worker;
