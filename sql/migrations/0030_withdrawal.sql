-- Who is removed from a project or an organization is out of its tasks with the same commit.
--
-- Until now an assignment outlived the membership, and tasks asked for the assignment alone: with a
-- scope left by another project of the organization, a removed labeler went on working.

alter table public.assignment
  -- When the account lost the project. What was not finished is released then; what was finished
  -- keeps its state and counts, but the account sees the task no more. Assigning again takes it back.
  add column withdrawn_at timestamptz;
grant update (withdrawn_at) on public.assignment to assay_app;

-- The last role in a project goes: so do the assignments. `project_member_lost`, which is fired
-- before this one, has locked the account. A save that holds an assignment is awaited, and counts.
create function withdraw_assignments() returns trigger
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
    state = case when a.state in ('assigned', 'leased', 'in_progress', 'returned')
      then 'released' else a.state end
  where a.account_id = old.account_id and a.project_id = old.project_id and a.withdrawn_at is null;
  return null;
end $$;
create trigger project_member_withdrawn after delete on project_member
  for each row execute function withdraw_assignments();

-- Locks in the order of the ids, as the function above: two that lock several must not meet.
create or replace function rename_assignments() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.assignment a where a.project_id = new.project_id
  order by a.assignment_id for no key update;
  update public.assignment a set project_title = new.title where a.project_id = new.project_id;
  return null;
end $$;

-- Those who were removed already.
update public.assignment a
set withdrawn_at = now(),
  state = case when a.state in ('assigned', 'leased', 'in_progress', 'returned')
    then 'released' else a.state end
where a.withdrawn_at is null and not exists (
  select from public.project_member m
  where m.project_id = a.project_id and m.account_id = a.account_id);
