-- Takes the right to make objects from everybody but the owner.
-- `assay migrate` calls it every time, because a dump does not contain the rights of a database.
create or replace function public.close_database() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('revoke create, temporary on database %I from public', current_database());
  execute format(
    'revoke create, temporary on database %I from assay_app, assay_worker', current_database());
  revoke create on schema public from public, assay_app, assay_worker;
  -- When another role owns the database, PostgreSQL revokes nothing and only warns.
  if has_database_privilege('assay_app', current_database(), 'temporary, create')
    or has_database_privilege('assay_worker', current_database(), 'temporary, create')
    or has_schema_privilege('assay_app', 'public', 'create')
    or has_schema_privilege('assay_worker', 'public', 'create')
  then
    raise exception 'assay_owner must own the database: alter database % owner to assay_owner',
      quote_ident(current_database());
  end if;
end $$;
revoke execute on function public.close_database() from public, assay_app, assay_worker;
