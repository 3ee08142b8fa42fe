-- Queues an invitation's letter; false when its address has had too many letters.
create or replace function public.queue_invitation(
  letter uuid, invitation uuid, origin text
) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.letter (letter_id, kind, invitation_id, origin)
  select letter, 'invitation', i.invitation_id, queue_invitation.origin from public.invitation i
  where i.invitation_id = invitation
    and public.role_in(i.organization_id) in ('owner', 'admin')
    and public.may_write_to(i.email);
  return found;
end $$;
revoke execute on function public.queue_invitation(uuid, uuid, text)
  from public, assay_app, assay_worker;
grant execute on function public.queue_invitation(uuid, uuid, text) to assay_app;
