-- Queues an invitation's letter if the address may get one more.
create or replace function public.ask_invitation(
  letter uuid, invitation uuid, origin text
) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into public.letter (letter_id, kind, invitation_id, origin)
  select $1, 'invitation', i.invitation_id, $3 from public.invitation i
  where i.invitation_id = $2 and public.role_in(i.organization_id) in ('owner', 'admin')
    and public.may_write_to(i.email)
$$;
revoke execute on function public.ask_invitation(uuid, uuid, text)
  from public, assay_app, assay_worker;
grant execute on function public.ask_invitation(uuid, uuid, text) to assay_app;
