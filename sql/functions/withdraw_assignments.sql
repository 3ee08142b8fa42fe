-- Releases the assignments of an account that has lost its last role in a project.
-- The trigger `project_member_lost` fires before and has locked the account. A save that holds an
-- assignment is awaited, and counts. A lease expires at once: the worker ends it, counts what was
-- saved, and gives the rest back.
create or replace function public.withdraw_assignments() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (
    select from public.project_member m
    where m.project_id = old.project_id and m.account_id = old.account_id)
  then
    return null;
  end if;
  perform from public.assignment a
  where a.account_id = old.account_id and a.project_id = old.project_id and a.withdrawn_at is null
  order by a.assignment_id for no key update;
  update public.assignment a
  set withdrawn_at = now(),
    lease_expires_at = case when a.lease_expires_at > now() then now() else a.lease_expires_at end,
    state = case when a.lease_expires_at is null
        and a.state in ('assigned', 'leased', 'in_progress', 'returned')
      then 'released' else a.state end
  where a.account_id = old.account_id and a.project_id = old.project_id and a.withdrawn_at is null;
  return null;
end $$;
