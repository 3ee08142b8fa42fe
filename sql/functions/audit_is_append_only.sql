-- Refuses to change or delete entries of the audit log.
-- The owner could drop this trigger; then `assay audit verify` finds the change.
create or replace function public.audit_is_append_only() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise insufficient_privilege using message = 'the audit log is append-only';
end $$;
