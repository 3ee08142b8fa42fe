-- Returns the organizations of the scope; null for all of them, none without a scope.
-- The body `return …` binds its names now, so that the planner can inline it in every policy.
create or replace function public.scope_organizations() returns uuid[]
language sql stable
return case current_setting('assay.organizations', true)
  when '*' then null
  else coalesce(nullif(current_setting('assay.organizations', true), ''), '{}')::uuid[]
end;
