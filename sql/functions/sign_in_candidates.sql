-- Finds the accounts that a sign-in's password is compared with.
-- A username has one, an address up to two: first the account that has verified it, then the
-- oldest claim, so that later claims of strangers cannot displace it, then the oldest claim that
-- has signed in from this network, then the newest. A name that no account has gives one row
-- without an account. `wait`: seconds until this row's password is compared again; 0 when it is
-- compared now.
create or replace function public.sign_in_candidates(login text, address text)
returns table (
  guess text, wait double precision, account_id uuid, username text, email text,
  role public.account_role, organization_id uuid,
  is_active boolean, password_hash text
)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  with client as materialized (
    select public.sign_in_address($2) as network, now() - l.known_network_age as known_since,
      l.searched_claims
    from public.site_limits l
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
      order by a.account_id desc
      limit (select c.searched_claims from client c))
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
      on k.account_id = c.account_id and k.seen_at > client.known_since
      and k.network = public.network_of(c.account_id, client.network)
    order by c.email_verified_at is null,
      c.account_id is distinct from (select o.account_id from oldest o),
      case when k.account_id is not null then c.account_id end, c.account_id desc
    limit 2
  ), judged as (
    select g.guess, n.*,
      public.throttle_wait('sign-in', public.pair_bucket(g.guess, $2)) as pair_wait,
      case when n.is_known then 0
        else public.throttle_wait('brake', public.brake_bucket(g.guess)) end as brake_wait
    from (select) one left join nearest n on true
    cross join lateral (select public.guessed(n.account_id, $1) as guess) g
  )
  select j.guess,
    greatest(
      -- The maximum of all rows, so that the wait does not tell how many accounts claim an address.
      max(j.pair_wait) over (), j.brake_wait,
      public.throttle_wait('address', client.network)),
    j.account_id, j.username, j.email, j.role, j.organization_id, j.is_active, j.password_hash
  from judged j cross join client
  order by j.email_verified_at is null, not j.is_known, j.account_id desc
$$;
revoke execute on function public.sign_in_candidates(text, text)
  from public, assay_app, assay_worker;
grant execute on function public.sign_in_candidates(text, text) to assay_app;
