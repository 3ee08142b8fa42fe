-- A refresh token that is used again gives the same successor, so that two windows of a browser may
-- refresh at once, and so that a lost answer loses no session. People see and end their sessions.

alter table session
  -- Hashes of the refresh tokens before the newest one, the latest first, and the times at which
  -- each was replaced. `refresh_session` keeps only those that it may still have to answer.
  add column replaced_hashes bytea[] not null default '{}',
  add column replaced_at timestamptz[] not null default '{}',
  -- The device as the client names it, or as its User-Agent header does.
  add column device text,
  -- The network address of the last use.
  add column address text,
  -- Written every few minutes; null before the first use after this migration.
  add column last_used_at timestamptz,
  add constraint session_replaced_in_pairs
    check (cardinality(replaced_hashes) = cardinality(replaced_at));
grant select (device, address, created_at, last_used_at, expires_at),
  update (address, last_used_at) on session to assay_app;

-- The order of the list.
create index session_in_order on session (account_id, session_id) where ended_at is null;
drop index session_of_account;

alter table site_limits
  -- A refresh token whose successor was used is answered for this time after that use.
  add column refresh_grace interval not null default '10 seconds'
    check (refresh_grace >= interval '0'),
  -- Replaced refresh tokens of a session that are kept for it.
  add column kept_refresh_tokens integer not null default 16 check (kept_refresh_tokens > 1);

-- Entries of the audit log about refresh tokens that nobody has issued, for an account.
insert into throttle_rate (kind, burst, seconds) values ('forged-refresh', 3, 1200);
