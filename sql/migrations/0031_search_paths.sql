-- A function finds no name in a schema that its caller may write to.
--
-- Functions that act with the owner's rights qualified their tables and trusted pg_catalog to be
-- searched first. It is, but for pg_temp: there a domain `text` with a check of the caller's own ran
-- as the owner. So every function has a search path of its own, with pg_temp last; and who may not
-- make temporary objects has no such schema (see `close_database`).

-- These three have their names bound when they are created, so that no search path matters, and the
-- planner still puts them into the statement: they stand in every policy, or run once a row.
create or replace function scope_account() returns uuid language sql stable
return nullif(current_setting('assay.account', true), '')::uuid;
create or replace function scope_organizations() returns uuid[] language sql stable
return case current_setting('assay.organizations', true)
  when '*' then null
  else coalesce(nullif(current_setting('assay.organizations', true), ''), '{}')::uuid[]
end;
create or replace function audit_hash(entry public.audit_entry) returns bytea language sql stable
return sha256(entry.previous || convert_to(
  jsonb_build_array(
    entry.number, (extract(epoch from entry.at) * 1000000)::bigint, entry.organization_id,
    entry.account_id, entry.actor, entry.action, entry.object, entry.address,
    entry.request_id, entry.facts)::text,
  'UTF8'));

-- Its names were not qualified.
create or replace function protect(target regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format(
    'create policy tenant on %s to assay_app
       using (coalesce(organization_id = any ((select public.scope_organizations())::uuid[]), true))',
    target);
  execute format('create policy worker on %s to assay_worker using (true)', target);
end $$;

do $$
declare
  one regprocedure;
begin
  for one in
    select p.oid from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prosqlbody is null and p.proconfig is null
  loop
    execute format('alter function %s set search_path = pg_catalog, pg_temp', one);
  end loop;
end $$;

-- Nobody but the owner makes objects in this database. `assay migrate` calls it every time: a dump
-- that is restored does not bring a database's rights along, and a copy does not inherit them.
create function close_database() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('revoke create, temporary on database %I from public', current_database());
  execute format(
    'revoke create, temporary on database %I from assay_app, assay_worker', current_database());
  revoke create on schema public from public, assay_app, assay_worker;
  -- Where another role owns the database, PostgreSQL only warns that it has revoked nothing.
  if has_database_privilege('assay_app', current_database(), 'temporary, create')
    or has_database_privilege('assay_worker', current_database(), 'temporary, create')
    or has_schema_privilege('assay_app', 'public', 'create')
    or has_schema_privilege('assay_worker', 'public', 'create')
  then
    raise exception 'assay_owner must own the database: alter database % owner to assay_owner',
      quote_ident(current_database());
  end if;
end $$;
revoke execute on function close_database from public;
select close_database();
