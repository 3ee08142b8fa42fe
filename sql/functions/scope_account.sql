-- Returns the account of the scope.
-- The body `return …` binds its names now, so that the planner can inline it in every policy.
create or replace function public.scope_account() returns uuid
language sql stable
return nullif(current_setting('assay.account', true), '')::uuid;
