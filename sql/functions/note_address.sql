-- Makes a changed address a claim, and ends the links that were sent to the old one.
create or replace function public.note_address() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.deleted_at is not null then new.lost_email := null; end if;
  if lower(new.email) is not distinct from lower(old.email) then return new; end if;
  if new.email_verified_at is not distinct from old.email_verified_at then
    new.email_verified_at := null;
  end if;
  if new.email is not null then new.lost_email := null; end if;
  update public.password_reset r set used_at = coalesce(r.used_at, now()), email = null
  where r.account_id = new.account_id and r.email is not null;
  delete from public.email_verification v where v.account_id = new.account_id;
  return new;
end $$;
revoke execute on function public.note_address() from public, assay_app, assay_worker;
