-- Tells whether the kind of answer of a pool can change: nobody has claimed or answered an item.
-- Claims that are under way are awaited, and later ones wait for this transaction.
create or replace function public.may_change_answer(project uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
    select from public.pool o
    where o.project_id = project
      and coalesce(o.organization_id = any (public.scope_organizations()), true))
  then
    return false;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('pool ' || project, 0));
  return not exists (
    select from public.claim c where c.project_id = project and c.state <> 'returned');
end $$;
revoke execute on function public.may_change_answer(uuid) from public, assay_app, assay_worker;
grant execute on function public.may_change_answer(uuid) to assay_app;
