-- Returns why an invitation's link no longer works; null while it works. `unfounded`: its sender may
-- no longer give the role.
create or replace function public.invitation_state(invitation public.invitation) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when ($1).accepted_at is not null then 'used'
    when ($1).revoked_at is not null and exists (
        select from public.invitation n
        where n.organization_id = ($1).organization_id and lower(n.email) = lower(($1).email)
          and n.created_at > ($1).created_at)
      then 'replaced'
    when ($1).revoked_at is not null then 'revoked'
    when ($1).expires_at <= now() then 'expired'
    when not exists (
        select from public.account a
        left join public.membership m
          on m.account_id = a.account_id and m.organization_id = ($1).organization_id
        where a.account_id = ($1).invited_by and a.is_active
          and (a.role in ('admin', 'universal') or m.role = 'owner'
            or m.role = 'admin' and ($1).role <> 'owner'))
      then 'unfounded'
  end
$$;
revoke execute on function public.invitation_state(public.invitation)
  from public, assay_app, assay_worker;
