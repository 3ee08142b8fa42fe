-- Locks the accounts of an invitation's sender and of the caller, who accepts it.
create or replace function public.lock_invitation(hash bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  inviter uuid;
begin
  select i.invited_by into inviter from public.invitation i
  where i.token_hash = hash or i.letter_hash = hash;
  perform public.lock_accounts(public.scope_account(), inviter);
end $$;
revoke execute on function public.lock_invitation(bytea) from public, assay_app, assay_worker;
grant execute on function public.lock_invitation(bytea) to assay_app;
