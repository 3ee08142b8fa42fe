-- An e-mail address is a claim until a letter has proved it. A claim reserves nothing: several
-- accounts may claim one address, and other people find an account only by a proved address. The
-- first account that proves an address takes it from the others.
--
-- No address that is stored today was proved, so none is marked; `assay user verify` marks one.

alter table account
  -- When a letter, an operator or another issuer proved the address; null for a claim.
  add column email_verified_at timestamptz,
  -- The address that another account has proved and so taken from this one.
  add column lost_email text,
  add constraint account_verified_has_email check (email_verified_at is null or email is not null);
grant select (email_verified_at, lost_email) on account to assay_app;

-- The constraint keeps its name, which the running version catches.
drop index account_email_taken;
create unique index account_email_taken on account (lower(email))
  where email_verified_at is not null;
-- The newest claims first, for signing in by an address.
create index account_claiming_email on account (lower(email), account_id desc);

-- Links in letters that prove an address, once, for one account and one address.
create table email_verification (
  token_hash bytea primary key,
  account_id uuid not null references account,
  email text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index email_verification_of_account on email_verification (account_id);
alter table email_verification enable row level security;
create policy nobody on email_verification using (false);

-- The address that a reset link was sent to; null for a link that was shown to an administrator.
alter table password_reset add column email text;

alter table letter
  -- Where the letter goes; null for the address of its account.
  add column recipient text,
  drop constraint letter_kind_check,
  add constraint letter_kind_check check (
    kind in ('password_reset', 'invitation', 'verification', 'address_changed', 'several_claims'));

-- Another address is a claim again, and links that were sent to the old one stop working.
create function note_address() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.deleted_at is not null then new.lost_email := null; end if;
  if lower(new.email) is not distinct from lower(old.email) then return new; end if;
  if new.email_verified_at is not distinct from old.email_verified_at then
    new.email_verified_at := null;
  end if;
  if new.email is not null then new.lost_email := null; end if;
  update public.password_reset r set used_at = coalesce(r.used_at, now()), email = null
  where r.account_id = new.account_id and r.email is not null;
  delete from public.email_verification v where v.account_id = new.account_id;
  return new;
end $$;
create trigger address_changed before update of email, deleted_at on account
  for each row execute function note_address();

-- Marks an account's address as proved and takes it from the accounts that only claim it; returns
-- those accounts, for the audit log. Null when another account has proved the address before.
create function prove_address(account uuid) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  address text;
  losers uuid[];
begin
  select lower(a.email) into address from public.account a where a.account_id = account;
  if address is null then return null; end if;
  -- Before any row is locked: accounts that prove one address at once come one by one.
  perform pg_advisory_xact_lock(hashtext('address ' || address));
  -- In the order in which all transactions lock accounts.
  perform from public.account a
  where lower(a.email) = address order by a.account_id for no key update;
  if exists (
    select from public.account a
    where lower(a.email) = address and a.account_id <> account and a.email_verified_at is not null)
  then
    return null;
  end if;
  update public.account a
  set email_verified_at = coalesce(a.email_verified_at, now()), updated_at = now()
  where a.account_id = account and lower(a.email) = address;
  if not found then return null; end if;
  with lost as (
    update public.account a set email = null, lost_email = a.email, updated_at = now()
    where lower(a.email) = address and a.account_id <> account and a.email_verified_at is null
    returning a.account_id)
  select coalesce(array_agg(l.account_id), '{}') into losers from lost l;
  return losers;
end $$;

-- An account by its name, for people who sign in. A proved address comes before claims.
create or replace function account_for_sign_in(
  login text,
  out account_id uuid, out username text, out email text, out role public.account_role,
  out organization_id uuid, out is_active boolean, out password_hash text
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select a.account_id, a.username, a.email, a.role, a.organization_id, a.is_active, a.password_hash
  from public.account a
  where position('@' in login) = 0 and lower(a.username) = lower(login)
  union all
  (select a.account_id, a.username, a.email, a.role, a.organization_id, a.is_active,
     a.password_hash
   from public.account a
   where position('@' in login) > 0 and lower(a.email) = lower(login)
   order by a.email_verified_at is null, a.account_id desc
   limit 1)
$$;

-- An account by its name or its proved address, for people who add somebody else.
create or replace function find_account(login text) returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select a.account_id from public.account a
  where position('@' in $1) = 0 and lower(a.username) = lower($1) and a.is_active
  union all
  select a.account_id from public.account a
  where position('@' in $1) > 0 and lower(a.email) = lower($1)
    and a.email_verified_at is not null and a.is_active
$$;

-- Five letters an hour to one address, whoever asks for them; reset letters have their own limit.
create function may_write_to(address text) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.throttle_take(public.throttle_bucket('letter', lower($1)), 5, 720) = 0
$$;

-- Asks for the letter that proves an account's own address: three an hour for one account. The
-- seconds to wait when those are used up; null when there is nothing to prove.
create function ask_verification(letter uuid, account uuid, origin text) returns double precision
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  address text;
  wait double precision;
begin
  select a.email into address from public.account a
  where a.account_id = account and a.email_verified_at is null and a.is_active;
  if address is null then return null; end if;
  wait := public.throttle_take(
    public.throttle_bucket('verification', account::text), 3, 1200);
  if wait = 0 and public.may_write_to(address) then
    insert into public.letter (letter_id, kind, account_id, origin)
    values (letter, 'verification', account, ask_verification.origin);
  end if;
  return wait;
end $$;

-- Tells the proved address of an account that the account is about to have another one, where
-- letters are sent: `origin` is null where they are not. True when the address is another.
create function note_new_address(letter uuid, account uuid, new_email text, origin text)
returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  old public.account;
begin
  select a.* into old from public.account a
  where a.account_id = account and lower(a.email) is distinct from lower(new_email);
  if not found then return false; end if;
  if old.email_verified_at is not null and origin is not null
    and public.may_write_to(old.email)
  then
    insert into public.letter (letter_id, kind, account_id, origin, recipient)
    values (letter, 'address_changed', account, note_new_address.origin, old.email);
  end if;
  return true;
end $$;

-- Keeps a letter's secret for the account and its address of now; null when there is nothing to
-- prove. `is_taken`: another account has proved the address, so that the letter only says so.
create function write_verification(
  account uuid, token_hash bytea, expires_at timestamptz,
  out recipient text, out username text, out is_taken boolean
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select a.email, a.username, exists (
      select from public.account o
      where lower(o.email) = lower(a.email) and o.email_verified_at is not null)
  into write_verification.recipient, write_verification.username, write_verification.is_taken
  from public.account a
  where a.account_id = account and a.email_verified_at is null and a.email is not null
    and a.is_active;
  if found and not is_taken then
    insert into public.email_verification (token_hash, account_id, email, expires_at)
    values (
      write_verification.token_hash, account, write_verification.recipient,
      write_verification.expires_at);
  end if;
end $$;

-- Uses a letter's link up. `is_valid`: the link works, and is the caller's; `losers` is null when
-- another account has proved the address meanwhile.
create function use_verification(token_hash bytea, out is_valid boolean, out losers uuid[])
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  claimant uuid := public.scope_account();
begin
  perform from public.email_verification v join public.account a on a.account_id = v.account_id
  where v.token_hash = use_verification.token_hash and v.account_id = claimant
    and v.used_at is null and v.expires_at > now() and lower(a.email) = lower(v.email);
  is_valid := found;
  if not is_valid then return; end if;
  losers := public.prove_address(claimant);
  update public.email_verification v set used_at = now()
  where v.token_hash = use_verification.token_hash and v.used_at is null;
  is_valid := found;
end $$;

-- Keeps the secret of a reset letter together with the address it goes to.
create function write_reset(
  account uuid, token_hash bytea, expires_at timestamptz,
  out recipient text, out username text, out is_claim boolean
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  select a.email, a.username, a.email_verified_at is null
  into write_reset.recipient, write_reset.username, write_reset.is_claim
  from public.account a
  where a.account_id = account and a.is_active and a.deleted_at is null and a.email is not null;
  if not found then return; end if;
  insert into public.password_reset (token_hash, account_id, expires_at, email)
  values (
    write_reset.token_hash, account, write_reset.expires_at, write_reset.recipient);
end $$;

-- Takes an address as proved when its letter's reset link is used, in the same transaction and
-- before the password is set. An address that another account has proved stays a claim.
create function prove_reset_address(token_hash bytea) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  reader uuid;
  losers uuid[];
begin
  select a.account_id into reader
  from public.password_reset r join public.account a on a.account_id = r.account_id
  where r.token_hash = prove_reset_address.token_hash and r.used_at is null
    and r.expires_at > now() and a.is_active and lower(r.email) = lower(a.email)
    and a.email_verified_at is null;
  if not found then return null; end if;
  losers := public.prove_address(reader);
  -- Somebody else may have made the account and claimed the address: the keys end, too.
  update public.api_key k set revoked_at = now()
  where k.account_id = reader and k.revoked_at is null;
  return losers;
end $$;

-- Takes the caller's address as proved when the letter that was sent there brought the invitation
-- that the caller has accepted.
create function prove_invited_address(hash bytea) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.invitation i join public.account a on a.account_id = i.accepted_by
  where i.letter_hash = hash and i.accepted_by = public.scope_account()
    and lower(a.email) = lower(i.email) and a.email_verified_at is null;
  if not found then return null; end if;
  return public.prove_address(public.scope_account());
end $$;

-- Gives an account from elsewhere its issuer's address, proved when the issuer says so. A proved
-- address gives way to a proved one only.
create function settle_identity_address(
  issuer text, subject text, address text, is_verified boolean
) returns uuid[] language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known uuid;
begin
  select i.account_id into known from public.external_identity i
  join public.account a on a.account_id = i.account_id
  where i.issuer = settle_identity_address.issuer and i.subject = settle_identity_address.subject
    and a.is_active and (is_verified or a.email_verified_at is null);
  if not found then return null; end if;
  if is_verified then perform pg_advisory_xact_lock(hashtext('address ' || lower(address))); end if;
  update public.account a set email = address, updated_at = now()
  where a.account_id = known and lower(a.email) is distinct from lower(address);
  return case when is_verified then public.prove_address(known) end;
end $$;

-- Notes that somebody forgot a password: three times an hour at most for one account or address.
-- A name leads to its account. An address leads to the account that has proved it, or else to the
-- only one that claims it and has no other way in; when several claim it the letter names them.
create or replace function ask_reset(letter uuid, login text, origin text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_account uuid;
  address text;
  claims bigint := 0;
begin
  select a.account_id, a.email into found_account, address from public.account a
  where position('@' in login) = 0 and lower(a.username) = lower(login)
    and a.is_active and a.email is not null
    and (a.email_verified_at is not null or not public.signs_in_elsewhere(a.account_id));
  if position('@' in login) > 0 then
    select a.account_id, a.email into found_account, address from public.account a
    where lower(a.email) = lower(login) and a.email_verified_at is not null and a.is_active;
    if not found then
      select count(*), (array_agg(c.account_id))[1], min(c.email)
      into claims, found_account, address
      from (
        select a.account_id, a.email from public.account a
        where lower(a.email) = lower(login) and a.is_active
          and not public.signs_in_elsewhere(a.account_id)
        order by a.account_id desc limit 2) c;
    end if;
  end if;
  if public.throttle_take(
    public.throttle_bucket('reset', lower(coalesce(address, login))), 3, 1200) = 0
    and (found_account is null or public.throttle_take(
      public.throttle_bucket('reset', found_account::text), 3, 1200) = 0)
  then
    insert into public.letter (letter_id, kind, account_id, origin, recipient)
    values (
      letter, case when claims > 1 then 'several_claims' else 'password_reset' end,
      case when claims > 1 then null else found_account end, ask_reset.origin,
      case when claims > 1 then address end);
  end if;
end $$;

create function signs_in_elsewhere(account uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from public.external_identity i where i.account_id = $1)
$$;

-- The names of accounts that claim an address, for the letter to that address; the newest ten.
create function claiming_names(address text) returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select array(
    select a.username from public.account a
    where lower(a.email) = lower($1) and a.is_active and a.email_verified_at is null
    order by a.account_id desc limit 10)
$$;

-- An invitation's letter counts among the letters to its address.
create or replace function ask_invitation(letter uuid, invitation uuid, origin text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into public.letter (letter_id, kind, invitation_id, origin)
  select $1, 'invitation', i.invitation_id, $3 from public.invitation i
  where i.invitation_id = $2 and public.role_in(i.organization_id) in ('owner', 'admin')
    and public.may_write_to(i.email)
$$;

-- The next letter, taken for five minutes, of any kind that the worker can write.
create function take_letter(
  kinds text[],
  out letter_id uuid, out kind text, out account_id uuid, out recipient text, out name text,
  out origin text, out attempts integer, out invitation_id uuid
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from public.letter l where l.kind = 'password_reset' and l.account_id is null;
  update public.letter l
  set run_after = now() + interval '5 minutes', attempts = l.attempts + 1
  where l.letter_id = (
    select w.letter_id from public.letter w
    where w.run_after <= now() and w.kind = any (kinds)
    order by w.run_after limit 1 for update skip locked)
  returning l.letter_id, l.kind, l.account_id, l.origin, l.attempts, l.invitation_id, l.recipient
  into take_letter.letter_id, take_letter.kind, take_letter.account_id, take_letter.origin,
    take_letter.attempts, take_letter.invitation_id, take_letter.recipient;
  select coalesce(take_letter.recipient, a.email), a.username
  into take_letter.recipient, take_letter.name
  from (select) one
  left join public.account a on a.account_id = take_letter.account_id;
end $$;

-- For the worker of the version before this one, which would take any other kind for a reset.
create or replace function take_letter(
  out letter_id uuid, out kind text, out account_id uuid, out recipient text, out name text,
  out origin text, out attempts integer, out invitation_id uuid
) language sql security definer set search_path = pg_catalog, pg_temp as $$
  select * from public.take_letter(array['password_reset', 'invitation'])
$$;

revoke execute on function note_address, prove_address, may_write_to,
  ask_verification, note_new_address, write_verification, use_verification, write_reset,
  prove_reset_address, prove_invited_address, settle_identity_address, signs_in_elsewhere,
  claiming_names, take_letter(text[]) from public;
grant execute on function ask_verification, note_new_address, use_verification,
  prove_reset_address, prove_invited_address, settle_identity_address to assay_app;
grant execute on function write_verification, write_reset, claiming_names, take_letter(text[])
  to assay_worker;
