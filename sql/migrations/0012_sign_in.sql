-- Doors that close behind those who try too often, refresh tokens that turn, forgotten passwords.

-- What is counted for all processes at once: failed sign-ins, requests to resend, limits of a face.
-- A row is a bucket that drains at a steady rate (the generic cell rate algorithm): one moment, at
-- which it is empty again, tells how much is in it. Nothing is lost that matters when the server
-- crashes, so nothing is written ahead.
create unlogged table throttle (
  -- SHA-256 of what is counted: people type passwords where names belong.
  bucket bytea primary key,
  empty_at timestamptz not null
) with (fillfactor = 50);  -- updated in place
alter table throttle enable row level security;
create policy nobody on throttle using (false);

-- Requests of the minute that began with the first of them: what clients are told they have left
-- must be exact, which a bucket that drains all the time is not.
create unlogged table request_count (
  bucket bytea primary key,
  ends_at timestamptz not null,
  used integer not null
) with (fillfactor = 50);
alter table request_count enable row level security;
create policy nobody on request_count using (false);

create function throttle_bucket(kind text, what text) returns bytea
language sql immutable parallel safe as $$
  select sha256(convert_to($1 || ' ' || $2, 'UTF8'))
$$;

-- Seconds until the bucket takes one more; 0 when it does now.
create function throttle_wait(bucket bytea, burst integer, seconds double precision)
returns double precision language sql stable security definer as $$
  select coalesce(greatest(0, max(
    extract(epoch from t.empty_at - clock_timestamp())::double precision - ($2 - 1) * $3)), 0)
  from public.throttle t where t.bucket = $1
$$;

-- Puts one into the bucket if it still fits; otherwise tells the seconds until it does.
create function throttle_take(bucket bytea, burst integer, seconds double precision)
returns double precision language plpgsql security definer as $$
declare
  moment timestamptz := clock_timestamp();
  one interval := make_interval(secs => throttle_take.seconds);
begin
  insert into public.throttle as t (bucket, empty_at)
  values (throttle_take.bucket, moment + one)
  on conflict on constraint throttle_pkey do update
    set empty_at = greatest(t.empty_at, moment) + one
    where t.empty_at <= moment + one * (throttle_take.burst - 1);
  if found then return 0; end if;
  return public.throttle_wait(
    throttle_take.bucket, throttle_take.burst, throttle_take.seconds);
end $$;

-- Empty buckets say nothing. Those that somebody is filling right now are left alone.
create function throttle_sweep() returns bigint language sql security definer as $$
  with swept as (
    delete from public.throttle t using (
      select bucket from public.throttle where empty_at < now() for update skip locked) idle
    where t.bucket = idle.bucket
    returning 1
  ), counted as (
    delete from public.request_count c using (
      select bucket from public.request_count where ends_at < now() for update skip locked) idle
    where c.bucket = idle.bucket
    returning 1)
  select (select count(*) from swept) + (select count(*) from counted)
$$;

-- Counts one request under every kind; how many there were, and the seconds until the minute ends.
create function count_request(account uuid, kinds text[])
returns table (used integer, seconds double precision)
language plpgsql security definer as $$
declare
  moment timestamptz := clock_timestamp();
begin
  return query
    insert into public.request_count as c (bucket, ends_at, used)
    select public.throttle_bucket('requests', k.kind || ' ' || account), moment + interval '1 minute', 1
    from unnest(kinds) with ordinality as k (kind, place)
    on conflict on constraint request_count_pkey do update set
      used = case when c.ends_at <= moment then 1 else c.used + 1 end,
      ends_at = case when c.ends_at <= moment then excluded.ends_at else c.ends_at end
    returning c.used, extract(epoch from c.ends_at - moment)::double precision;
end $$;

-- Ten wrong passwords at once, then one a minute; a hundred from one address (of IPv6, one
-- customer's network), then a hundred a minute.
create function sign_in_address(address text) returns bytea
language plpgsql immutable parallel safe as $$
begin
  return public.throttle_bucket(
    'address',
    case when family(address::inet) = 6 then network(set_masklen(address::inet, 64))::text
      else host(address::inet) end);
exception when invalid_text_representation then
  return null;  -- no address is known: a Unix socket
end $$;

-- What a sign-in is checked against, and how long it must wait. `bucket` counts the failures of
-- the account under all its names, or of a name that is nobody's just so.
create function sign_in_check(
  login text, address text,
  out account_id uuid, out username text, out email text, out role public.account_role,
  out organization_id uuid, out is_active boolean, out password_hash text, out bucket bytea, out wait double precision
) language sql stable security definer as $$
  select a.account_id, a.username, a.email, a.role, a.organization_id, a.is_active,
    a.password_hash, b.bucket,
    greatest(
      public.throttle_wait(b.bucket, 10, 60),
      public.throttle_wait(public.sign_in_address($2), 100, 0.6))
  from (select) one
  left join public.account_for_sign_in($1) a on true
  cross join lateral (
    select public.throttle_bucket('sign-in', coalesce(a.account_id::text, lower($1))) as bucket
  ) b
$$;

-- Counts a failure; tells the seconds to wait when it was one too many: then even a right password
-- would not have been told from a wrong one.
create function sign_in_failed(bucket bytea, address text)
returns double precision language plpgsql security definer as $$
begin
  if public.sign_in_address(address) is not null then
    perform public.throttle_take(public.sign_in_address(address), 100, 0.6);
  end if;
  return public.throttle_take(bucket, 10, 60);
end $$;

-- Opens a session unless too many wrong passwords came in while this one was being checked.
create function sign_in_done(
  session_id uuid, account_id uuid, refresh_hash bytea, expires_at timestamptz, bucket bytea
) returns double precision language plpgsql security definer as $$
declare
  wait double precision := public.throttle_wait(sign_in_done.bucket, 10, 60);
begin
  if wait = 0 then
    perform public.open_session(
      sign_in_done.session_id, sign_in_done.account_id, sign_in_done.refresh_hash,
      sign_in_done.expires_at);
  end if;
  return wait;
end $$;

-- A refresh token names its session: the right one is replaced; another was used before, so that
-- one of two holders is a thief, and the session ends for both.
create function refresh_session(
  session uuid, old_hash bytea, new_hash bytea,
  out account_id uuid, out username text, out email text, out role public.account_role,
  out organization_id uuid
) language plpgsql security definer as $$
declare
  thief uuid;
begin
  update public.session s set refresh_hash = new_hash
  from public.account a
  where s.session_id = refresh_session.session and s.refresh_hash = old_hash
    and a.account_id = s.account_id
    and s.ended_at is null and s.expires_at > now() and a.is_active
  returning a.account_id, a.username, a.email, a.role, a.organization_id
  into refresh_session.account_id, refresh_session.username, refresh_session.email,
    refresh_session.role, refresh_session.organization_id;
  if not found then
    update public.session s set ended_at = now()
    where s.session_id = refresh_session.session and s.ended_at is null
    returning s.account_id into thief;
    if found then
      perform public.audit(
        'session.reused', a.account_id, a.username, null,
        refresh_session.session::text, null, null, null)
      from public.account a where a.account_id = thief;
    end if;
  end if;
end $$;

alter table account
  add column full_name text,
  add column updated_at timestamptz not null default now(),
  -- The row stays, because what the person made hangs off it; the name is free again.
  add column deleted_at timestamptz;
grant select (full_name, organization_id, updated_at, deleted_at) on account to assay_app;

-- Whether the scope's account runs the site, by its row and not by what the scope says.
create function runs_site() returns boolean language sql stable security definer as $$
  select exists (
    select from public.account a
    where a.account_id = public.scope_account() and a.is_active
      and a.role in ('admin', 'universal'))
$$;

-- Makes an account for those who run the site; customers own a personal organization.
create function add_account(
  account uuid, username text, email text, full_name text, password_hash text,
  role public.account_role
) returns void language plpgsql security definer as $$
begin
  if session_user in ('assay_app', 'assay_worker') and not public.runs_site() then
    raise insufficient_privilege;
  end if;
  insert into public.account (account_id, username, email, full_name, password_hash, role)
  values (
    account, add_account.username, add_account.email, add_account.full_name,
    add_account.password_hash, add_account.role);
  if role in ('customer', 'universal') then perform public.give_organization(account); end if;
end $$;

-- Changes an account: one's own names, anybody's for those who run the site. Null leaves as is.
create function change_account(
  account uuid, new_username text, new_email text, new_full_name text, new_active boolean,
  new_role public.account_role
) returns boolean language plpgsql security definer as $$
declare
  old public.account;
  -- The command line is the owner; nobody else can be without a scope.
  is_owner boolean := session_user not in ('assay_app', 'assay_worker');
begin
  if not is_owner and not public.runs_site()
    and (account is distinct from public.scope_account()
      or new_active or new_role is not null)
  then
    raise insufficient_privilege;
  end if;
  -- Two admins who shut each other out at once: the second waits here and then sees the first.
  if new_active is not null or new_role is not null then
    perform pg_advisory_xact_lock(hashtext('change_account'));
  end if;
  select * into old from public.account a
  where a.account_id = account and a.deleted_at is null for no key update;
  if not found then return false; end if;
  if old.role = 'admin' and old.is_active
    and (new_active is false or coalesce(new_role, 'admin') <> 'admin')
    and not exists (
      select from public.account a
      where a.role = 'admin' and a.is_active and a.account_id <> account)
  then
    raise check_violation using constraint = 'account_last_admin',
      message = 'the last admin stays one';
  end if;
  update public.account a set
    username = coalesce(new_username, a.username), email = coalesce(new_email, a.email),
    full_name = coalesce(new_full_name, a.full_name),
    is_active = coalesce(new_active, a.is_active), role = coalesce(new_role, a.role),
    updated_at = now()
  where a.account_id = account;
  if new_active is false then
    update public.session s set ended_at = now()
    where s.account_id = account and s.ended_at is null;
  end if;
  if new_role in ('customer', 'universal') and old.organization_id is null then
    perform public.give_organization(account);
  end if;
  return true;
end $$;

-- A personal organization for somebody who has none.
create function give_organization(account uuid) returns void
language plpgsql security definer as $$
declare
  home uuid := public.uuid_v7();
begin
  insert into public.organization (organization_id, name)
  select home, a.username from public.account a where a.account_id = account;
  insert into public.membership (organization_id, account_id, role) values (home, account, 'owner');
  update public.account a set organization_id = home where a.account_id = account;
end $$;

-- Takes the person out of the row and leaves the row: one's own, or anybody's for the site.
create function delete_account(account uuid) returns boolean
language plpgsql security definer as $$
begin
  if not public.change_account(account, null, null, null, false, null) then return false; end if;
  update public.account a set
    username = 'deleted-' || a.account_id, email = null, full_name = null, password_hash = '!',
    deleted_at = now()
  where a.account_id = account;
  return true;
end $$;

-- A new password: one's own, or anybody's for the site. All sessions end, but the one named.
create function set_password(account uuid, new_hash text, kept_session uuid) returns boolean
language plpgsql security definer as $$
begin
  if session_user in ('assay_app', 'assay_worker') and not public.runs_site()
    and account is distinct from public.scope_account()
  then
    raise insufficient_privilege;
  end if;
  update public.account a set password_hash = new_hash, updated_at = now()
  where a.account_id = account and a.deleted_at is null;
  if not found then return false; end if;
  update public.session s set ended_at = now()
  where s.account_id = account and s.ended_at is null
    and s.session_id is distinct from kept_session;
  return true;
end $$;

-- The same password under stronger parameters, unless it was changed meanwhile.
create function rehash_password(account uuid, old_hash text, new_hash text) returns void
language sql security definer as $$
  update public.account a set password_hash = $3
  where a.account_id = $1 and a.password_hash = $2
$$;

-- Links with which a forgotten password is replaced, once.
create table password_reset (
  token_hash bytea primary key,
  account_id uuid not null references account,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index password_reset_of_account on password_reset (account_id);
alter table password_reset enable row level security;
create policy nobody on password_reset using (false);

-- Makes a link for somebody's account: for the site, and for the mail that was asked for.
create function make_reset(account uuid, token_hash bytea, expires_at timestamptz)
returns boolean language plpgsql security definer as $$
begin
  if session_user = 'assay_app' and not public.runs_site() then
    raise insufficient_privilege;
  end if;
  insert into public.password_reset (token_hash, account_id, expires_at)
  select make_reset.token_hash, a.account_id, make_reset.expires_at
  from public.account a
  where a.account_id = account and a.is_active and a.deleted_at is null;
  return found;
end $$;

-- Uses a link up: the account's other links and all its sessions end with it. Null when it is none.
create function use_reset(token_hash bytea, new_hash text) returns uuid
language plpgsql security definer as $$
declare
  found_account uuid;
begin
  update public.password_reset r set used_at = now()
  from public.account a
  where r.token_hash = use_reset.token_hash and r.used_at is null and r.expires_at > now()
    and a.account_id = r.account_id and a.is_active
  returning r.account_id into found_account;
  if found_account is null then return null; end if;
  update public.password_reset r set used_at = now()
  where r.account_id = found_account and r.used_at is null;
  update public.account a set password_hash = new_hash, updated_at = now()
  where a.account_id = found_account;
  update public.session s set ended_at = now()
  where s.account_id = found_account and s.ended_at is null;
  return found_account;
end $$;

-- Letters to write. The secret in a letter is made when it is sent, and nothing of it stays here.
create table letter (
  letter_id uuid primary key,
  kind text not null check (kind in ('password_reset', 'invitation')),
  -- Null: asked for a name that is nobody's. It costs what a real one costs, and is thrown away.
  account_id uuid references account,
  invitation_id uuid,
  -- Where the link in it leads.
  origin text not null,
  attempts integer not null default 0,
  run_after timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create index letter_waiting on letter (run_after);
alter table letter enable row level security;
create policy nobody on letter using (false);

-- Notes that somebody forgot a password: three times an hour at most for one account.
create function ask_reset(letter uuid, login text, origin text) returns void
language plpgsql security definer as $$
declare
  found_account uuid;
begin
  select a.account_id into found_account from public.account_for_sign_in(login) a
  where a.is_active and a.email is not null;
  if public.throttle_take(
    public.throttle_bucket('reset', coalesce(found_account::text, lower(login))), 3, 1200) = 0
  then
    insert into public.letter (letter_id, kind, account_id, origin)
    values (letter, 'password_reset', found_account, ask_reset.origin);
  end if;
end $$;

-- The next letter, taken for five minutes: whoever dies with it in hand leaves it for another.
create function take_letter(
  out letter_id uuid, out kind text, out account_id uuid, out recipient text, out name text,
  out origin text, out attempts integer, out invitation_id uuid
) language plpgsql security definer as $$
begin
  delete from public.letter l where l.kind = 'password_reset' and l.account_id is null;
  update public.letter l
  set run_after = now() + interval '5 minutes', attempts = l.attempts + 1
  where l.letter_id = (
    select w.letter_id from public.letter w where w.run_after <= now()
    order by w.run_after limit 1 for update skip locked)
  returning l.letter_id, l.kind, l.account_id, l.origin, l.attempts, l.invitation_id
  into take_letter.letter_id, take_letter.kind, take_letter.account_id, take_letter.origin,
    take_letter.attempts, take_letter.invitation_id;
  select a.email, a.username into take_letter.recipient, take_letter.name
  from public.account a where a.account_id = take_letter.account_id;
end $$;

-- A letter is sent, or given up.
create function drop_letter(letter uuid) returns void language sql security definer as $$
  delete from public.letter l where l.letter_id = $1
$$;

revoke execute on function throttle_wait, throttle_take, count_request, throttle_sweep, sign_in_check,
  sign_in_failed, sign_in_done, refresh_session, runs_site, add_account, change_account, give_organization,
  delete_account, set_password, rehash_password, make_reset, use_reset, ask_reset, take_letter,
  drop_letter from public;
grant execute on function count_request, sign_in_check, sign_in_failed, sign_in_done,
  refresh_session, runs_site, add_account, change_account, delete_account, set_password, rehash_password,
  make_reset, use_reset, ask_reset to assay_app;
grant execute on function throttle_sweep, take_letter, drop_letter, make_reset to assay_worker;
