-- Organizations with several members: who is in, who invites, and what happens when somebody leaves.

-- What an account may look into shrinks with what is taken away; `note_grant` only ever added.
create function note_loss() returns trigger language plpgsql security definer as $$
begin
  update public.account a
  set organizations = array(
    select m.organization_id from public.membership m where m.account_id = old.account_id
    union
    select p.organization_id from public.project_member p where p.account_id = old.account_id)
  where a.account_id = old.account_id;
  return null;
end $$;
create trigger membership_lost after delete on membership
  for each row execute function note_loss();
create trigger project_member_lost after delete on project_member
  for each row execute function note_loss();
grant delete on project_member to assay_app;

alter table membership add column created_at timestamptz not null default now();

-- What the scope's account is in an organization; those who run the site are owners everywhere.
create function role_in(organization uuid) returns public.membership_role
language sql stable security definer as $$
  select case when public.runs_site() then 'owner'::public.membership_role else (
    select m.role from public.membership m
    where m.organization_id = $1 and m.account_id = public.scope_account())
  end
$$;

create function make_organization(organization uuid, name text) returns void
language plpgsql security definer as $$
begin
  insert into public.organization (organization_id, name)
  values (organization, make_organization.name);
  insert into public.membership (organization_id, account_id, role)
  values (organization, public.scope_account(), 'owner');
  -- The first is where one's work belongs.
  update public.account a set organization_id = organization
  where a.account_id = public.scope_account() and a.organization_id is null;
end $$;

create function rename_organization(organization uuid, name text) returns void
language sql security definer as $$
  update public.organization o set name = $2
  where o.organization_id = $1 and public.role_in($1) in ('owner', 'admin')
$$;

-- Owners make owners; admins make admins and members.
create function may_appoint(organization uuid, wanted public.membership_role) returns boolean
language sql stable security definer as $$
  select case public.role_in($1)
    when 'owner' then true
    when 'admin' then $2 <> 'owner'
    else false
  end
$$;

create function set_member(organization uuid, account uuid, wanted public.membership_role)
returns void language plpgsql security definer as $$
declare
  old public.membership_role;
begin
  -- Two owners who demote each other at once: the second waits and then sees the first.
  perform from public.organization o where o.organization_id = organization for no key update;
  select m.role into old from public.membership m
  where m.organization_id = organization and m.account_id = account;
  if not public.may_appoint(organization, wanted)
    or not public.may_appoint(organization, coalesce(old, wanted))
  then
    raise insufficient_privilege;
  end if;
  if old = 'owner' and wanted <> 'owner' then
    perform public.expect_owner(organization, account);
  end if;
  insert into public.membership as m (organization_id, account_id, role)
  values (organization, account, wanted)
  on conflict on constraint membership_pkey do update set role = excluded.role;
end $$;

-- Fails when nobody but this account owns the organization.
create function expect_owner(organization uuid, account uuid) returns void
language plpgsql security definer as $$
begin
  if not exists (
    select from public.membership m
    where m.organization_id = organization and m.account_id <> account and m.role = 'owner')
  then
    raise check_violation using constraint = 'organization_last_owner',
      message = 'the last owner stays';
  end if;
end $$;

-- Takes somebody out, or oneself; what was given in the organization's projects goes, too.
create function remove_member(organization uuid, account uuid) returns boolean
language plpgsql security definer as $$
declare
  old public.membership_role;
begin
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
  update public.account a
  set organization_id = (
    select m.organization_id from public.membership m
    where m.account_id = account order by m.created_at, m.organization_id limit 1)
  where a.account_id = account and a.organization_id = organization;
  return true;
end $$;

-- Which of one's organizations new work belongs to.
create function choose_organization(organization uuid) returns boolean
language plpgsql security definer as $$
begin
  update public.account a set organization_id = organization, updated_at = now()
  where a.account_id = public.scope_account() and exists (
    select from public.membership m
    where m.organization_id = organization and m.account_id = a.account_id);
  return found;
end $$;

create table invitation (
  invitation_id uuid primary key,
  organization_id uuid not null references organization,
  email text not null,
  role membership_role not null,
  -- Of the link that the inviter was shown, and of the one in the letter.
  token_hash bytea not null unique,
  letter_hash bytea unique,
  invited_by uuid not null references account,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid references account,
  revoked_at timestamptz
);
create index invitation_of_organization on invitation (organization_id, invitation_id);
select protect('invitation');
grant insert, update (revoked_at),
  select (invitation_id, organization_id, email, role, invited_by, created_at, expires_at,
    accepted_at, revoked_at)
  on invitation to assay_app;
alter table letter add foreign key (invitation_id) references invitation;

-- The link is whose it is: who has it, comes in. Null when it is not valid any more.
create function accept_invitation(hash bytea) returns uuid
language plpgsql security definer as $$
declare
  found_organization uuid;
  offered public.membership_role;
begin
  update public.invitation i set accepted_at = now(), accepted_by = public.scope_account()
  where (i.token_hash = hash or i.letter_hash = hash) and i.accepted_at is null
    and i.revoked_at is null and i.expires_at > now() and public.scope_account() is not null
  returning i.organization_id, i.role into found_organization, offered;
  if found_organization is null then return null; end if;
  insert into public.membership (organization_id, account_id, role)
  values (found_organization, public.scope_account(), offered)
  on conflict on constraint membership_pkey do nothing;
  update public.account a set organization_id = found_organization
  where a.account_id = public.scope_account() and a.organization_id is null;
  return found_organization;
end $$;

create function ask_invitation(letter uuid, invitation uuid, origin text) returns void
language sql security definer as $$
  insert into public.letter (letter_id, kind, invitation_id, origin)
  select $1, 'invitation', i.invitation_id, $3 from public.invitation i
  where i.invitation_id = $2 and public.role_in(i.organization_id) in ('owner', 'admin')
$$;

-- Puts a secret of its own into a letter's link; what the letter says of the invitation, or no row.
create function write_invitation(
  invitation uuid, hash bytea, out recipient text, out organization text, out inviter text
) language sql security definer as $$
  update public.invitation i set letter_hash = $2
  from public.organization o, public.account a
  where i.invitation_id = $1 and i.accepted_at is null and i.revoked_at is null
    and i.expires_at > now() and o.organization_id = i.organization_id
    and a.account_id = i.invited_by
  returning i.email, o.name, a.username
$$;

-- An account by its name, for whoever adds a member.
create function find_account(login text) returns uuid
language sql stable security definer as $$
  select a.account_id from public.account_for_sign_in($1) a where a.is_active
$$;

-- Colleagues see each other's names.
drop policy colleague on account;
create policy colleague on account to assay_app using (
  account_id = (select scope_account())
  or (select scope_organizations()) is null
  or account_id in (select m.account_id from project_member m)
  or account_id in (select m.account_id from membership m));

revoke execute on function role_in, make_organization, rename_organization, may_appoint, set_member, expect_owner,
  remove_member, choose_organization, accept_invitation, ask_invitation, write_invitation,
  find_account from public;
grant execute on function role_in, make_organization, rename_organization, may_appoint, set_member, remove_member,
  choose_organization, accept_invitation, ask_invitation, find_account to assay_app;
grant execute on function write_invitation to assay_worker;
