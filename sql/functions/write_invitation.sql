-- Stores the secret of an invitation's letter; returns what the letter says.
create or replace function public.write_invitation(
  invitation uuid, hash bytea, out recipient text, out organization text, out inviter text
)
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update public.invitation i set letter_hash = $2
  from public.organization o, public.account a
  where i.invitation_id = $1 and i.accepted_at is null and i.revoked_at is null
    and i.expires_at > now() and o.organization_id = i.organization_id
    and a.account_id = i.invited_by
  returning i.email, o.name, a.username
$$;
revoke execute on function public.write_invitation(uuid, bytea)
  from public, assay_app, assay_worker;
grant execute on function public.write_invitation(uuid, bytea) to assay_worker;
