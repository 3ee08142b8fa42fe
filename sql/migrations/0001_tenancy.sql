-- Roles, the scope of a request, organizations and the people in them.
--
-- Every table hangs off an organization, and the application's role owns nothing: row level
-- security is the second wall behind the `where` of every query. What a request may see is said by
-- two settings, put in place by the statement that looks its session up (`enter`) and taken away
-- before anything of the next request runs (`leave`).

do $$ begin
  create role assay_app login;
exception when duplicate_object or unique_violation then null;  -- roles belong to the cluster
end $$;
do $$ begin
  create role assay_worker login;
exception when duplicate_object or unique_violation then null;
end $$;

-- RFC 9562, version 7: sortable by time. The program makes its own; this serves inserts of many rows.
create function uuid_v7() returns uuid language sql volatile parallel safe as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1),
    'hex')::uuid
$$;

-- Plain SQL functions are inlined, and a policy wraps them in `(select …)`: evaluated once a
-- statement, not once a row.
create function scope_account() returns uuid language sql stable as $$
  select nullif(current_setting('assay.account', true), '')::uuid
$$;
-- Null stands for all of them: those who run the site. Without a scope there are none.
create function scope_organizations() returns uuid[] language sql stable as $$
  select case current_setting('assay.organizations', true)
    when '*' then null
    else coalesce(nullif(current_setting('assay.organizations', true), ''), '{}')::uuid[]
  end
$$;

-- One tenant's rows for the application, all rows for the worker, for any table with an organization.
create function protect(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format(
    'create policy tenant on %s to assay_app
       using (coalesce(organization_id = any ((select scope_organizations())::uuid[]), true))',
    target);
  execute format('create policy worker on %s to assay_worker using (true)', target);
end $$;

create table organization (
  organization_id uuid primary key,
  name text not null,
  created_at timestamptz not null default now()
);
select protect('organization');
grant select on organization to assay_app, assay_worker;

create type account_role as enum
  ('customer', 'labeler', 'reviewer', 'viewer', 'admin', 'universal');

-- An account belongs to no organization: memberships and assignments connect them.
create table account (
  account_id uuid primary key,
  username text not null,
  email text,
  password_hash text not null,
  role account_role not null,
  is_active boolean not null default true,
  -- Where what the account makes belongs; null for people who own nothing.
  organization_id uuid references organization,
  -- All organizations it may look into, kept by triggers on what grants that: every request reads
  -- them, and gathering them anew costs as much as the rest of its look-up.
  organizations uuid[] not null default '{}',
  created_at timestamptz not null default now(),
  constraint username_has_no_at check (position('@' in username) = 0)
);
-- Names are shown as typed and compared without case.
create unique index account_username_taken on account (lower(username));
create unique index account_email_taken on account (lower(email));
grant select (account_id, username, email, role, is_active, created_at) on account to assay_app;

create type membership_role as enum ('owner', 'admin', 'member');

create table membership (
  organization_id uuid not null references organization,
  account_id uuid not null references account,
  role membership_role not null,
  primary key (organization_id, account_id)
);
create index membership_of_account on membership (account_id, organization_id);
select protect('membership');
grant select on membership to assay_app;

-- Adds to account.organizations in the transaction that grants. Grants are only ever added so far;
-- whoever lets them be taken away must let this look at what is left.
create function note_grant() returns trigger language plpgsql security definer as $$
begin
  update public.account a
  set organizations = a.organizations || new.organization_id
  where a.account_id = new.account_id and new.organization_id <> all (a.organizations);
  return null;
end $$;
create trigger note_membership after insert on membership
  for each row execute function note_grant();

create table session (
  session_id uuid primary key,
  account_id uuid not null references account,
  refresh_hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index session_of_account on session (account_id) where ended_at is null;
alter table session enable row level security;
create policy own on session to assay_app using (account_id = (select scope_account()));
grant select (session_id, account_id, ended_at), update (ended_at) on session to assay_app;

-- The four doors that must open before anybody is signed in run with their owner's rights; all
-- names inside are qualified, since a caller's search path is not to be trusted.

create function account_for_sign_in(
  login text,
  out account_id uuid, out username text, out email text, out role public.account_role,
  out is_active boolean, out password_hash text
) language sql stable security definer as $$
  select a.account_id, a.username, a.email, a.role, a.is_active, a.password_hash
  from public.account a
  where case when position('@' in login) > 0 then lower(a.email) = lower(login)
             else lower(a.username) = lower(login) end
$$;

-- A customer owns a personal organization from the start; others join by appointment.
create function sign_up(
  account_id uuid, username text, email text, password_hash text, role public.account_role,
  organization_id uuid
) returns void language plpgsql security definer as $$
begin
  -- Whatever the application is talked into, it cannot make an administrator.
  if session_user = 'assay_app' and sign_up.role not in ('customer', 'labeler') then
    raise insufficient_privilege;
  end if;
  insert into public.account (account_id, username, email, password_hash, role)
  values (sign_up.account_id, sign_up.username, sign_up.email, sign_up.password_hash, sign_up.role);
  if sign_up.organization_id is not null then
    insert into public.organization (organization_id, name)
    values (sign_up.organization_id, sign_up.username);
    insert into public.membership (organization_id, account_id, role)
    values (sign_up.organization_id, sign_up.account_id, 'owner');
    update public.account a set organization_id = sign_up.organization_id
    where a.account_id = sign_up.account_id;
  end if;
end $$;

create function open_session(
  session_id uuid, account_id uuid, refresh_hash bytea, expires_at timestamptz
) returns void language sql security definer as $$
  insert into public.session (session_id, account_id, refresh_hash, expires_at)
  values ($1, $2, $3, $4)
$$;

-- Takes the scope away.
create function leave() returns void language sql as $$
  select set_config('assay.account', '', false),
         set_config('assay.organizations', '', false)
$$;

revoke execute on function account_for_sign_in, sign_up, open_session from public;
grant execute on function account_for_sign_in, sign_up, open_session to assay_app;
