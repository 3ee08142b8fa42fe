-- Keys for programs, and people who sign in elsewhere: two more ways into an account.

create table api_key (
  api_key_id uuid primary key,
  account_id uuid not null references account,
  name text not null,
  scopes text[] not null
    check (scopes <> '{}' and scopes <@ array['read', 'write', 'admin']),
  secret_hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,   -- to the minute
  revoked_at timestamptz
);
create index api_key_of_account on api_key (account_id);
alter table api_key enable row level security;
create policy own on api_key to assay_app using (account_id = (select scope_account()));
grant insert, update (revoked_at),
  select (api_key_id, account_id, name, scopes, created_at, expires_at, last_used_at, revoked_at)
  on api_key to assay_app;

-- Whose account a subject of another issuer's is. An address is no proof: it never finds one.
create table external_identity (
  issuer text not null,
  subject text not null,
  account_id uuid not null references account,
  created_at timestamptz not null default now(),
  primary key (issuer, subject)
);
create index external_identity_of_account on external_identity (account_id);
alter table external_identity enable row level security;
create policy nobody on external_identity using (false);

-- Opens the scope of an account for a key or another issuer's token, as `admit` does for a session;
-- both were looked up just before.
create function admit_account(account uuid, role public.account_role, organization uuid)
returns void language plpgsql security definer as $$
declare
  claims text;
begin
  perform
    set_config('assay.account', a.account_id::text, false),
    set_config(
      'assay.organizations',
      case when a.role in ('admin', 'universal') then '*' else a.organizations::text end, false)
  from public.account a
  where a.account_id = admit_account.account and a.is_active and a.role = admit_account.role
    and a.organization_id is not distinct from admit_account.organization;
  if found then return; end if;
  select concat_ws(' ', a.role, a.organization_id) into claims
  from public.account a where a.account_id = admit_account.account and a.is_active;
  if found then raise exception '%', claims using errcode = 'AS403'; end if;
  raise exception 'the account is shut out' using errcode = 'AS401';
end $$;

-- Whose a key is; no row when it is none, revoked or expired.
create function key_claims(secret_hash bytea) returns table (
  account_id uuid, role public.account_role, organization_id uuid, scopes text[]
) language plpgsql security definer as $$
begin
  -- Once a minute: a key that is used all the time must not write with every request. Two at the
  -- same moment must not wait for each other either.
  update public.api_key k set last_used_at = now()
  where k.api_key_id = (
    select w.api_key_id from public.api_key w
    where w.secret_hash = key_claims.secret_hash
      and (w.last_used_at is null or w.last_used_at < now() - interval '1 minute')
      and w.revoked_at is null and (w.expires_at is null or w.expires_at > now())
    for no key update skip locked);
  return query
    select a.account_id, a.role, a.organization_id, k.scopes
    from public.api_key k join public.account a on a.account_id = k.account_id
    where k.secret_hash = key_claims.secret_hash and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now()) and a.is_active;
end $$;

-- Whose account a subject's is; no row when it has none.
create function identity_claims(issuer text, subject text) returns table (
  account_id uuid, role public.account_role, organization_id uuid
) language sql stable security definer as $$
  select a.account_id, a.role, a.organization_id
  from public.external_identity i join public.account a on a.account_id = i.account_id
  where i.issuer = $1 and i.subject = $2 and a.is_active
$$;

-- Creates the account of a subject, or takes over what its issuer says of it now. True when new.
create function synchronize_identity(
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

revoke execute on function admit_account, key_claims, identity_claims, synchronize_identity
  from public;
grant execute on function admit_account, key_claims, identity_claims, synchronize_identity
  to assay_app;
