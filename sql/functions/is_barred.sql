-- Tells whether an account was removed from a project and not taken back.
create or replace function public.is_barred(account uuid, project uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
      select from public.assignment a
      where a.account_id = account and a.project_id = project and a.withdrawn_at is not null)
    and not exists (
      select from public.project_member m
      where m.account_id = account and m.project_id = project);
end $$;
revoke execute on function public.is_barred(uuid, uuid) from public, assay_app, assay_worker;
