-- Numbers of functions, in tables that only the owner writes: somebody who has taken over the
-- application could choose arguments.

-- A bucket of this kind takes `burst` at once, and then one in `seconds`.
create table throttle_rate (
  kind text primary key,
  burst integer not null check (burst > 0),
  seconds double precision not null check (seconds > 0)
);
alter table throttle_rate enable row level security;
create policy nobody on throttle_rate using (false);
insert into throttle_rate (kind, burst, seconds) values
  ('sign-in', 10, 60),        -- failed sign-ins of an account from one network
  ('brake', 100, 36),         -- of an account from all networks together
  ('address', 100, 0.6),      -- of all accounts from one network
  ('reset', 3, 1200),         -- letters of a forgotten password, for an account and for an address
  ('verification', 3, 1200),  -- letters to verify an address, for an account
  ('letter', 5, 720);         -- other letters to an address

alter table site_limits
  -- API keys that one account may have.
  add column api_keys integer not null default 100 check (api_keys >= 0),
  -- Refusals of an account in an hour that are entries of the audit log.
  add column logged_refusals integer not null default 20 check (logged_refusals >= 0),
  -- Networks of an account that are remembered, and for how long.
  add column known_networks integer not null default 16 check (known_networks > 0),
  add column known_network_age interval not null default '90 days'
    check (known_network_age > interval '0'),
  -- The newest claims of an address that a sign-in considers, and that a letter names.
  add column searched_claims integer not null default 250 check (searched_claims > 0),
  add column named_claims integer not null default 10 check (named_claims > 0),
  -- A letter that was not sent is tried again after this time.
  add column letter_retry interval not null default '5 minutes' check (letter_retry > interval '0');
