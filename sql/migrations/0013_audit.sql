-- Who did what: entries are only added, and each seals the one before it with a hash, so that
-- whoever changes or removes one, even as the database's owner, breaks the chain behind it.

create table audit_entry (
  number bigint primary key,
  at timestamptz not null,
  -- No references: an entry outlives whatever it names.
  organization_id uuid,
  account_id uuid,
  actor text,               -- the name at the time
  action text not null,     -- 'sign-in', 'account.role', …
  object text,              -- the id or name of what it was done to
  address text,
  request_id text,
  facts jsonb not null,
  previous bytea not null,
  hash bytea not null
);
create index audit_entry_of_organization on audit_entry (organization_id, number);
alter table audit_entry enable row level security;
-- Not `protect`: an entry of no organization is for those alone who run the site.
create policy tenant on audit_entry to assay_app using (
  (select scope_organizations()) is null
  or organization_id = any ((select scope_organizations())::uuid[]));
grant select on audit_entry to assay_app;

-- The last entry: without it, the newest could be cut off unseen. Its lock puts writers in line.
create table audit_head (
  is_head boolean primary key default true check (is_head),
  number bigint not null,
  hash bytea not null
);
insert into audit_head (number, hash) values (0, sha256('assay'));
alter table audit_head enable row level security;
create policy nobody on audit_head using (false);

create function audit_hash(entry audit_entry) returns bytea language sql stable as $$
  select sha256(entry.previous || convert_to(
    jsonb_build_array(
      entry.number, (extract(epoch from entry.at) * 1000000)::bigint, entry.organization_id,
      entry.account_id, entry.actor, entry.action, entry.object, entry.address,
      entry.request_id, entry.facts)::text,
    'UTF8'))
$$;

-- Adds an entry. To be called last in a transaction: the next entry waits for its commit.
create function audit(
  action text, account_id uuid, actor text, organization_id uuid, object text, address text,
  request_id text, facts jsonb
) returns void language plpgsql security definer as $$
declare
  head public.audit_head;
  entry public.audit_entry;
begin
  select * into head from public.audit_head for no key update;
  entry.number := head.number + 1;
  entry.at := clock_timestamp();
  -- Of no organization's in particular: that of whoever did it.
  entry.organization_id := coalesce(
    audit.organization_id,
    (select a.organization_id from public.account a where a.account_id = audit.account_id));
  entry.account_id := audit.account_id;
  entry.actor := coalesce(
    audit.actor,
    (select a.username from public.account a where a.account_id = audit.account_id));
  entry.action := audit.action;
  entry.object := audit.object;
  entry.address := audit.address;
  entry.request_id := audit.request_id;
  entry.facts := coalesce(audit.facts, '{}');
  entry.previous := head.hash;
  entry.hash := public.audit_hash(entry);
  insert into public.audit_entry select entry.*;
  update public.audit_head set number = entry.number, hash = entry.hash;
end $$;

-- A safeguard against haste; against intent there is the chain.
create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise insufficient_privilege using message = 'the audit log only grows';
end $$;
create trigger audit_entry_stays before update or delete or truncate on audit_entry
  for each statement execute function audit_is_append_only();

-- The number of the first entry that is not as it was written; null when all are. One too many
-- behind the head, or one missing before it, counts as broken, too.
create function audit_verify() returns bigint language sql stable security definer as $$
  select min(broken) from (
    select min(e.number) as broken
    from (
      select a.number, a.previous, a.hash, public.audit_hash(a) as right_hash,
        lag(a.number, 1, 0::bigint) over walk as number_before,
        lag(a.hash, 1, sha256('assay')) over walk as hash_before
      from public.audit_entry a
      window walk as (order by a.number)
    ) e
    where e.hash <> e.right_hash or e.previous <> e.hash_before
      or e.number <> e.number_before + 1
    union all
    select least(h.number, coalesce(l.number, 0)) + case when l.number = h.number then 0 else 1 end
    from public.audit_head h
    left join (
      select a.number, a.hash from public.audit_entry a order by a.number desc limit 1) l on true
    where h.number <> coalesce(l.number, 0) or h.hash <> coalesce(l.hash, sha256('assay'))
  ) found
$$;

revoke execute on function audit, audit_verify from public;
grant execute on function audit to assay_app, assay_worker;
