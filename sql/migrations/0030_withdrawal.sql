-- Removing a member withdraws the member's assignments in the same transaction.
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

-- Members who were removed before this migration.
update public.assignment a
set withdrawn_at = now(),
  state = case when a.state in ('assigned', 'leased', 'in_progress', 'returned')
    then 'released' else a.state end
where a.withdrawn_at is null and not exists (
  select from public.project_member m
  where m.project_id = a.project_id and m.account_id = a.account_id);

-- The name of an assignment's labeler, for those who see the assignment: whoever was removed is no
-- colleague any more, but the answers stay and have an author.
create function labeler_name(assignment uuid) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.username from public.assignment a
  join public.account p on p.account_id = a.account_id
  where a.assignment_id = $1
    and coalesce(a.organization_id = any (public.scope_organizations()), true)
$$;
revoke execute on function labeler_name from public;
grant execute on function labeler_name to assay_app;
