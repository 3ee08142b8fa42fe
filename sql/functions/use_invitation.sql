-- Makes the caller a member by an invitation, or tells why not; only `joined` uses the link up.
-- `unfounded`: its sender may no longer give the role. A member whom a manager added without asking
-- agrees by this, and gets the higher of both roles.
create or replace function public.use_invitation(
  hash bytea, out outcome text, out organization uuid, out held public.membership_role,
  out offered public.membership_role
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_invitation public.invitation;
  reader uuid := public.scope_account();
  agreed boolean;
begin
  select i.* into found_invitation from public.invitation i
  where i.token_hash = hash or i.letter_hash = hash;
  if not found or reader is null then outcome := 'unknown'; return; end if;
  organization := found_invitation.organization_id;
  perform from public.organization o
  where o.organization_id = use_invitation.organization for no key update;
  select i.* into found_invitation from public.invitation i
  where i.invitation_id = found_invitation.invitation_id for no key update;
  offered := found_invitation.role;
  select m.role, m.has_agreed into held, agreed from public.membership m
  where m.organization_id = use_invitation.organization and m.account_id = reader;
  outcome := case
    when agreed then 'member'
    else coalesce(public.invitation_state(found_invitation), 'joined')
  end;
  if outcome <> 'joined' then return; end if;
  update public.invitation i set accepted_at = now(), accepted_by = reader
  where i.invitation_id = found_invitation.invitation_id;
  insert into public.membership as m (organization_id, account_id, role)
  values (use_invitation.organization, reader, offered)
  on conflict on constraint membership_pkey
  do update set has_agreed = true, role = least(m.role, excluded.role)
  returning m.role into held;
  update public.account a set organization_id = use_invitation.organization
  where a.account_id = reader and a.organization_id is null;
end $$;
revoke execute on function public.use_invitation(bytea) from public, assay_app, assay_worker;
grant execute on function public.use_invitation(bytea) to assay_app;
