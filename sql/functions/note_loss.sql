-- Computes anew which organizations an account may see.
create or replace function public.note_loss() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- A statement after the lock sees all that was committed before.
  perform from public.account a where a.account_id = old.account_id for no key update;
  update public.account a
  set organizations = array(
      select m.organization_id from public.membership m where m.account_id = old.account_id
      union
      select p.organization_id from public.project_member p where p.account_id = old.account_id),
    organization_id = case when a.organization_id is not null then (
      select m.organization_id from public.membership m where m.account_id = old.account_id
      order by m.organization_id = a.organization_id desc, m.created_at, m.organization_id limit 1)
      end
  where a.account_id = old.account_id;
  return null;
end $$;
