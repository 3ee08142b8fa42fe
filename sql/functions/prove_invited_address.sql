-- Verifies the caller's address if the accepted invitation came in a letter to it.
create or replace function public.prove_invited_address(hash bytea) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.invitation i join public.account a on a.account_id = i.accepted_by
  where i.letter_hash = hash and i.accepted_by = public.scope_account()
    and lower(a.email) = lower(i.email) and a.email_verified_at is null;
  if not found then return null; end if;
  return public.prove_address(public.scope_account());
end $$;
revoke execute on function public.prove_invited_address(bytea) from public, assay_app, assay_worker;
grant execute on function public.prove_invited_address(bytea) to assay_app;
