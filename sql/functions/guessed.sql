-- Names what failed sign-ins are counted for: an account, or an unknown name.
-- The prefixes keep the two apart.
create or replace function public.guessed(account uuid, login text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce('account ' || $1, 'name ' || lower($2))
$$;
revoke execute on function public.guessed(uuid, text) from public, assay_app, assay_worker;
