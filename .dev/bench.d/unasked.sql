-- Opens a scope as `admit` does, and asks nobody: no session, no account.
create or replace function admit(
  session uuid, account uuid, role public.account_role, organization uuid
) returns void language plpgsql security definer as $$
begin
  perform set_config('assay.account', account::text, false),
    set_config('assay.organizations', coalesce(array[organization]::text, '{}'), false);
end $$;
