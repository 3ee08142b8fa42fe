-- Failed sign-ins count for an account and a network together, so that a stranger's wrong passwords
-- do not lock the owner out: ten at once, then one a minute. A slower brake counts all networks of
-- an account together: a hundred at once, then a hundred an hour. It does not stop networks from
-- which the account has signed in lately. A name that is nobody's is counted in the same way.
--
-- `sign_in_check`, `sign_in_failed` and `sign_in_done` stay for the version before this one.

-- Networks that somebody has signed in from: at most sixteen of an account, for ninety days.
create table known_network (
  account_id uuid not null references account,
  -- SHA-256 of account and network: two accounts' rows cannot be compared.
  network bytea not null,
  seen_at timestamptz not null default now(),
  primary key (account_id, network)
);
create index known_network_seen on known_network (seen_at);
alter table known_network enable row level security;
create policy nobody on known_network using (false);

-- A network as it is kept for one account; null when the client's address is not known.
create function network_of(account uuid, network bytea) returns bytea
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select sha256(uuid_send($1) || $2)
$$;

create function is_known_network(account uuid, address text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public.known_network k
    where k.account_id = $1 and k.network = public.network_of($1, public.sign_in_address($2))
      and k.seen_at > now() - interval '90 days')
$$;

-- Notes where somebody has signed in from; writes once a day for one network.
create function note_network(account uuid, address text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.known_network as k (account_id, network)
  select account, n.network
  from (
    select public.network_of(account, public.sign_in_address(address)) as network) n
  where n.network is not null
  on conflict on constraint known_network_pkey do update set seen_at = now()
    where k.seen_at < now() - interval '1 day';
  if not found then return; end if;
  delete from public.known_network k
  where k.account_id = account and k.network in (
    select o.network from public.known_network o where o.account_id = account
    order by o.seen_at desc, o.network offset 16);
end $$;

-- The key under which guesses are counted: an account, or an unknown name. The prefixes keep the two
-- apart.
create function guessed(account uuid, login text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce('account ' || $1, 'name ' || lower($2))
$$;

create function pair_bucket(guessed text, address text) returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select public.throttle_bucket(
    'sign-in', $1 || ' from ' || coalesce(encode(public.sign_in_address($2), 'hex'), ''))
$$;

create function brake_bucket(guessed text) returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select public.throttle_bucket('brake', $1)
$$;

-- The accounts whose password a sign-in is compared with: one of a username, up to two of an
-- address. First the account that has verified the address, then the oldest claim, so that later
-- claims of strangers cannot displace it, then the oldest claim that has signed in from this network,
-- then the newest; of many claims the newest 250 are looked at. A name that is nobody's has one row
-- without an account. `wait`: seconds until this row's password is compared again; 0 when it is now.
create function sign_in_candidates(
  login text, address text
) returns table (
  guess text, wait double precision, account_id uuid, username text, email text,
  role public.account_role, organization_id uuid, is_active boolean, password_hash text
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  with client as materialized (
    select public.sign_in_address($2) as network
  ), claim as (
    select a.* from public.account a
    where position('@' in $1) = 0 and lower(a.username) = lower($1)
    union all
    select a.* from public.account a
    where position('@' in $1) > 0 and lower(a.email) = lower($1)
      and a.email_verified_at is not null
    union all
    ((select a.* from public.account a
      where position('@' in $1) > 0 and lower(a.email) = lower($1) and a.email_verified_at is null
      order by a.account_id desc limit 250)
     union
     (select a.* from public.account a
      where position('@' in $1) > 0 and lower(a.email) = lower($1) and a.email_verified_at is null
      order by a.account_id limit 1))
  ), oldest as (
    select c.account_id from claim c where c.email_verified_at is null order by c.account_id limit 1
  ), nearest as (
    select c.*, k.account_id is not null as is_known
    from claim c cross join client
    left join public.known_network k
      on k.account_id = c.account_id and k.seen_at > now() - interval '90 days'
      and k.network = public.network_of(c.account_id, client.network)
    order by c.email_verified_at is null,
      c.account_id is distinct from (select o.account_id from oldest o),
      case when k.account_id is not null then c.account_id end, c.account_id desc
    limit 2
  ), judged as (
    select g.guess, n.*,
      public.throttle_wait(public.pair_bucket(g.guess, $2), 10, 60) as pair_wait,
      case when n.is_known then 0
        else public.throttle_wait(public.brake_bucket(g.guess), 100, 36) end as brake_wait
    from (select) one left join nearest n on true
    cross join lateral (select public.guessed(n.account_id, $1) as guess) g
  )
  select j.guess,
    greatest(
      -- Of all rows: else the wait would tell how many accounts claim an address.
      max(j.pair_wait) over (), j.brake_wait,
      public.throttle_wait(client.network, 100, 0.6)),
    j.account_id, j.username, j.email, j.role, j.organization_id, j.is_active, j.password_hash
  from judged j cross join client
  order by j.email_verified_at is null, not j.is_known, j.account_id desc
$$;

-- Counts a failure for everything that was compared; tells the seconds to wait when it was one too
-- many: then even a right password would not have been told from a wrong one.
create function sign_in_refused(guesses text[], address text) returns double precision
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  guess text;
  wait double precision := 0;
  account uuid;
begin
  -- In one order, so that two failures do not wait for each other.
  if public.sign_in_address(address) is not null then
    perform public.throttle_take(public.sign_in_address(address), 100, 0.6);
  end if;
  for guess in select g from unnest(guesses) g order by g loop
    wait := greatest(wait, public.throttle_take(public.pair_bucket(guess, address), 10, 60));
  end loop;
  if wait > 0 then return wait; end if;
  for guess in select g from unnest(guesses) g order by g loop
    account := substring(guess from '^account (.*)$')::uuid;
    -- A known network is counted and not stopped.
    wait := greatest(wait, public.throttle_take(public.brake_bucket(guess), 100, 36)
      * (not coalesce(public.is_known_network(account, address), false))::integer);
  end loop;
  return wait;
end $$;

-- Opens a session unless too many wrong passwords came in while this one was being compared; the
-- network is known from now on. Null when the password that was compared is not the account's any
-- more: behind the lock, so that a session is either ended by a change of the password or not opened.
create function sign_in_opened(
  session_id uuid, account_id uuid, password_hash text, refresh_hash bytea, expires_at timestamptz,
  address text
) returns double precision
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  guess text := public.guessed(sign_in_opened.account_id, null);
  wait double precision := public.throttle_wait(public.pair_bucket(guess, address), 10, 60);
begin
  if wait = 0 and not public.is_known_network(sign_in_opened.account_id, address) then
    wait := public.throttle_wait(public.brake_bucket(guess), 100, 36);
  end if;
  if wait > 0 then return wait; end if;
  perform from public.account a
  where a.account_id = sign_in_opened.account_id and a.is_active
    and a.password_hash = sign_in_opened.password_hash
  for share;
  if not found then return null; end if;
  perform public.open_session(
    sign_in_opened.session_id, sign_in_opened.account_id, sign_in_opened.refresh_hash,
    sign_in_opened.expires_at);
  perform public.note_network(sign_in_opened.account_id, address);
  return 0;
end $$;

-- The reader of a reset letter may come from a network that the brake would stop.
create function note_reset_network(account uuid, address text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.password_reset r where r.account_id = account and r.used_at = now();
  if found then perform public.note_network(account, address); end if;
end $$;

-- Networks that nobody has signed in from lately, and links that have expired.
create function address_sweep() returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from public.known_network k where k.seen_at < now() - interval '90 days';
  delete from public.email_verification v where v.expires_at < now();
$$;
create index email_verification_expires on email_verification (expires_at);

revoke execute on function network_of, is_known_network, note_network, guessed, pair_bucket,
  brake_bucket, sign_in_candidates, sign_in_refused, sign_in_opened, note_reset_network,
  address_sweep from public;
grant execute on function sign_in_candidates, sign_in_refused, sign_in_opened, note_reset_network
  to assay_app;
grant execute on function address_sweep to assay_worker;
