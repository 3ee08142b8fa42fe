-- Refuses an invalid invitation before an account is made, and locks a valid one, its organization
-- and its sender. So the answer to a wrong link does not tell which names are taken. The message is
-- the reason, as `use_invitation` names it.
create or replace function public.expect_invitation(hash bytea) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_invitation public.invitation;
  state text := 'unknown';
begin
  perform public.lock_invitation(hash);
  -- The organization before the invitation, as a new invitation to the address locks them.
  perform from public.organization o
  where o.organization_id in (
    select i.organization_id from public.invitation i
    where i.token_hash = hash or i.letter_hash = hash)
  for no key update;
  select i.* into found_invitation from public.invitation i
  where i.token_hash = hash or i.letter_hash = hash for update;
  if found then state := public.invitation_state(found_invitation); end if;
  if state is not null then
    raise check_violation using constraint = 'sign_up_invitation', message = state;
  end if;
end $$;
revoke execute on function public.expect_invitation(bytea) from public, assay_app, assay_worker;
