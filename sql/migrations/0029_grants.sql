-- Rights are given and taken away under a lock of the account's row.
--
-- Until now `note_loss` and `choose_organization` worked on a snapshot that was older than the lock
-- they took. Two of them at once left an organization in the scope of an account that nobody listed
-- as a member. sql/README.md has the order in which locks are taken.

-- Nothing changes while rights are recomputed below.
lock table public.membership, public.project_member, public.account in share row exclusive mode;

-- Locks the accounts that a transaction decides about: the one whose rights change against every
-- other change, and those whose rights are used, the caller's and `used`, against losing them.
-- In the order of their ids, so that two transactions cannot wait for each other.
create function lock_accounts(changed uuid, used uuid default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller uuid := public.scope_account();
  one record;
begin
  for one in
    select v.account, bool_or(v.is_changed) as is_changed
    from (values (changed, true), (caller, false), (used, false)) as v (account, is_changed)
    where v.account is not null
    group by v.account order by v.account
  loop
    if one.is_changed then
      perform from public.account a where a.account_id = one.account for no key update;
    else
      perform from public.account a where a.account_id = one.account for share;
    end if;
  end loop;
  if caller is null then return; end if;
  -- The caller's rights may have changed while this waited: the application then begins again, as
  -- when `admit` says so.
  select concat_ws(' ', a.role, a.organization_id) as claims,
    case when a.role in ('admin', 'universal') then '*' else a.organizations::text end as scope
  into one
  from public.account a where a.account_id = caller and a.is_active;
  if not found then raise exception 'the account is shut out' using errcode = 'AS401'; end if;
  if one.scope is distinct from current_setting('assay.organizations', true) then
    raise exception '%', one.claims using errcode = 'AS403';
  end if;
end $$;
revoke execute on function lock_accounts from public;
grant execute on function lock_accounts to assay_app;

-- The same for who accepts an invitation and who sent it.
create function lock_invitation(hash bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  inviter uuid;
begin
  select i.invited_by into inviter from public.invitation i
  where i.token_hash = hash or i.letter_hash = hash;
  perform public.lock_accounts(public.scope_account(), inviter);
end $$;
revoke execute on function lock_invitation from public;
grant execute on function lock_invitation to assay_app;

-- Triggers lock for themselves, too: they hold whatever statement adds or deletes a row.
create or replace function note_grant() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.account a where a.account_id = new.account_id for no key update;
  update public.account a
  set organizations = a.organizations || new.organization_id
  where a.account_id = new.account_id and new.organization_id <> all (a.organizations);
  return null;
end $$;

create or replace function note_loss() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- The next statement sees what was committed before this lock was granted.
  perform from public.account a where a.account_id = old.account_id for no key update;
  update public.account a
  set organizations = array(
      select m.organization_id from public.membership m where m.account_id = old.account_id
      union
      select p.organization_id from public.project_member p where p.account_id = old.account_id),
    organization_id = case when a.organization_id is not null then (
      select m.organization_id from public.membership m where m.account_id = old.account_id
      order by m.organization_id = a.organization_id desc, m.created_at, m.organization_id limit 1)
      end
  where a.account_id = old.account_id;
  return null;
end $$;

create or replace function choose_organization(organization uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform public.lock_accounts(public.scope_account());
  update public.account a set organization_id = organization, updated_at = now()
  where a.account_id = public.scope_account() and exists (
    select from public.membership m
    where m.organization_id = organization and m.account_id = a.account_id);
  return found;
end $$;

-- Makes somebody a member; false when the account is one already, or is shut out.
create function add_member(organization uuid, account uuid, wanted public.membership_role)
returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform public.lock_accounts(account);
  if not public.may_appoint(organization, wanted) then raise insufficient_privilege; end if;
  insert into public.membership (organization_id, account_id, role, has_agreed)
  select organization, a.account_id, wanted, a.account_id = public.scope_account()
  from public.account a where a.account_id = account and a.is_active
  on conflict on constraint membership_pkey do nothing;
  return found;
end $$;

-- Gives a member another role; false when the account is no member.
create function change_member(organization uuid, account uuid, wanted public.membership_role)
returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  old public.membership_role;
begin
  perform public.lock_accounts(account);
  -- Two owners who demote each other at once: the second waits here and then sees the first.
  perform from public.organization o where o.organization_id = organization for no key update;
  select m.role into old from public.membership m
  where m.organization_id = organization and m.account_id = account;
  if not found then return false; end if;
  if not public.may_appoint(organization, wanted) or not public.may_appoint(organization, old) then
    raise insufficient_privilege;
  end if;
  if old = 'owner' and wanted <> 'owner' then
    perform public.expect_owner(organization, account);
  end if;
  update public.membership m set role = wanted
  where m.organization_id = organization and m.account_id = account;
  return true;
end $$;

-- Only versions before this one call it, for both: it goes with the next contraction.
create or replace function set_member(
  organization uuid, account uuid, wanted public.membership_role)
returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not public.change_member(organization, account, wanted) then
    perform public.add_member(organization, account, wanted);
  end if;
end $$;

create or replace function remove_member(organization uuid, account uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  old public.membership_role;
begin
  perform public.lock_accounts(account);
  perform from public.organization o where o.organization_id = organization for no key update;
  select m.role into old from public.membership m
  where m.organization_id = organization and m.account_id = account;
  if not found then return false; end if;
  if account is distinct from public.scope_account()
    and not public.may_appoint(organization, old)
  then
    raise insufficient_privilege;
  end if;
  if old = 'owner' then perform public.expect_owner(organization, account); end if;
  delete from public.membership m
  where m.organization_id = organization and m.account_id = account;
  delete from public.project_member p
  where p.organization_id = organization and p.account_id = account;
  return true;
end $$;

revoke execute on function add_member, change_member from public;
grant execute on function add_member, change_member to assay_app;

-- A deleted account works nowhere any more.
create function drop_roles() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from public.project_member p where p.account_id = new.account_id;
  return null;
end $$;
create trigger account_deleted after update of deleted_at on account
  for each row when (new.deleted_at is not null and old.deleted_at is null)
  execute function drop_roles();

-- Repairs rows that the races have left behind.
delete from public.project_member p using public.account a
where a.account_id = p.account_id and a.deleted_at is not null;
update public.account a
set organizations = held.organizations,
  organization_id = case when a.organization_id is not null then held.home end
from (
  select b.account_id,
    array(
      select m.organization_id from public.membership m where m.account_id = b.account_id
      union
      select p.organization_id from public.project_member p where p.account_id = b.account_id)
      as organizations,
    (select m.organization_id from public.membership m where m.account_id = b.account_id
     order by m.organization_id = b.organization_id desc, m.created_at, m.organization_id limit 1)
      as home
  from public.account b
) held
where a.account_id = held.account_id
  and (not (a.organizations <@ held.organizations and held.organizations <@ a.organizations)
    or a.organization_id is not null and a.organization_id is distinct from held.home);

-- The organization that new work belongs to is one of the account's own, whatever happens.
alter table public.account add constraint account_home_is_membership
  foreign key (organization_id, account_id)
  references public.membership (organization_id, account_id) deferrable initially deferred;
