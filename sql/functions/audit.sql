-- Adds an entry to the audit log.
-- The last call of a transaction: the next entry waits for its commit.
create or replace function public.audit(
  action text, account_id uuid, actor text, organization_id uuid, object text, address text,
  request_id text, facts jsonb
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  head public.audit_head;
  entry public.audit_entry;
begin
  select * into head from public.audit_head for no key update;
  entry.number := head.number + 1;
  entry.at := clock_timestamp();
  -- Without an organization of its own, the entry belongs to the actor's.
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
revoke execute on function public.audit(text, uuid, text, uuid, text, text, text, jsonb)
  from public, assay_app, assay_worker;
grant execute on function public.audit(text, uuid, text, uuid, text, text, text, jsonb)
  to assay_app, assay_worker;
