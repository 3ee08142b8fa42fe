-- Hashes an entry of the audit log together with the hash of the one before it.
-- The body `return …` binds its names now, so that the planner can inline it.
create or replace function public.audit_hash(entry public.audit_entry) returns bytea
language sql stable
return sha256(entry.previous || convert_to(
  jsonb_build_array(
    entry.number, (extract(epoch from entry.at) * 1000000)::bigint, entry.organization_id,
    entry.account_id, entry.actor, entry.action, entry.object, entry.address,
    entry.request_id, entry.facts)::text,
  'UTF8'));
