-- What a look with hostile eyes at accounts and organizations has found.

-- A member who was never asked shows colleagues a username and no more: else whoever owns an
-- organization could make anybody a member, and read the address and the full name.
alter table membership add column has_agreed boolean not null default true;

create or replace function set_member(
  organization uuid, account uuid, wanted public.membership_role
) returns void language plpgsql security definer as $$
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
  insert into public.membership as m (organization_id, account_id, role, has_agreed)
  values (organization, account, wanted, account = public.scope_account())
  on conflict on constraint membership_pkey do update set role = excluded.role;
end $$;

-- An owner who is shut out or deleted owns nothing any more.
create or replace function expect_owner(organization uuid, account uuid) returns void
language plpgsql security definer as $$
begin
  if not exists (
    select from public.membership m join public.account a on a.account_id = m.account_id
    where m.organization_id = organization and m.account_id <> account and m.role = 'owner'
      and a.is_active)
  then
    raise check_violation using constraint = 'organization_last_owner',
      message = 'the last owner stays';
  end if;
end $$;

-- An invitation is worth what its maker may still do: whoever was taken out must not come back by
-- a link made before.
create or replace function accept_invitation(hash bytea) returns uuid
language plpgsql security definer as $$
declare
  found_organization uuid;
  offered public.membership_role;
begin
  update public.invitation i set accepted_at = now(), accepted_by = public.scope_account()
  where (i.token_hash = hash or i.letter_hash = hash) and i.accepted_at is null
    and i.revoked_at is null and i.expires_at > now() and public.scope_account() is not null
    and exists (
      select from public.account a
      left join public.membership m
        on m.account_id = a.account_id and m.organization_id = i.organization_id
      where a.account_id = i.invited_by and a.is_active
        and (a.role in ('admin', 'universal') or m.role = 'owner'
          or m.role = 'admin' and i.role <> 'owner'))
  returning i.organization_id, i.role into found_organization, offered;
  if found_organization is null then return null; end if;
  insert into public.membership as m (organization_id, account_id, role)
  values (found_organization, public.scope_account(), offered)
  on conflict on constraint membership_pkey do update set has_agreed = true;
  update public.account a set organization_id = found_organization
  where a.account_id = public.scope_account() and a.organization_id is null;
  return found_organization;
end $$;

-- Takes the person out of the row and leaves the row: one's own, or anybody's for the site.
create or replace function delete_account(account uuid) returns boolean
language plpgsql security definer as $$
declare
  owned uuid;
begin
  -- Organizations are locked before accounts, as where members come and go.
  perform from public.organization o
  where o.organization_id in (select m.organization_id from public.membership m
    where m.account_id = account and m.role = 'owner')
  order by o.organization_id for no key update;
  if not public.change_account(account, null, null, null, false, null) then return false; end if;
  -- An organization of one ends with that one; others keep an owner.
  for owned in
    select m.organization_id from public.membership m
    where m.account_id = account and m.role = 'owner'
  loop
    if exists (
      select from public.membership m join public.account a on a.account_id = m.account_id
      where m.organization_id = owned and m.account_id <> account and a.is_active)
    then
      perform public.expect_owner(owned, account);
    end if;
  end loop;
  -- Nobody can have taken this name: a username holds no colon.
  update public.account a set
    username = 'deleted:' || a.account_id, email = null, full_name = null, password_hash = '!',
    deleted_at = now()
  where a.account_id = account;
  update public.api_key k set revoked_at = now()
  where k.account_id = account and k.revoked_at is null;
  -- Elsewhere the person may live on, and come back as somebody new.
  delete from public.external_identity i where i.account_id = account;
  return true;
end $$;

-- Creates the account of a subject, or takes over what its issuer says of it now. True when new,
-- null when the account is shut out.
create or replace function synchronize_identity(
  issuer text, subject text, email text, full_name text, new_account uuid, new_username text
) returns boolean language plpgsql security definer as $$
declare
  known uuid;
  free_email text := email;
begin
  perform pg_advisory_xact_lock(hashtext('identity ' || issuer || ' ' || subject));
  select i.account_id into known from public.external_identity i
  where i.issuer = synchronize_identity.issuer and i.subject = synchronize_identity.subject;
  -- Somebody else's here already: the account does without.
  if exists (
    select from public.account a
    where lower(a.email) = lower(free_email) and a.account_id is distinct from known)
  then
    free_email := null;
  end if;
  if known is not null then
    update public.account a
    set email = coalesce(free_email, a.email),
      full_name = coalesce(synchronize_identity.full_name, a.full_name), updated_at = now()
    where a.account_id = known and a.is_active;
    if not found then return null; end if;
    return false;
  end if;
  -- '!' is no hash: nobody signs in here with a password.
  insert into public.account (account_id, username, email, full_name, password_hash, role)
  values (
    new_account, new_username, free_email, synchronize_identity.full_name, '!', 'customer');
  perform public.give_organization(new_account);
  insert into public.external_identity (issuer, subject, account_id)
  values (synchronize_identity.issuer, synchronize_identity.subject, new_account);
  return true;
end $$;

-- IPv4 written as IPv6 (RFC 4291, 2.5.5.2) is IPv4: else all of it would be one network.
create or replace function sign_in_address(address text) returns bytea
language plpgsql immutable parallel safe as $$
declare
  client inet;
begin
  client := regexp_replace(address, '^::ffff:([0-9.]+)$', '\1', 'i');
  return public.throttle_bucket(
    'address',
    case when family(client) = 6 then network(set_masklen(client, 64))::text
      else host(client) end);
exception when invalid_text_representation then
  return null;  -- no address is known: a Unix socket
end $$;
