-- Ends the access that a change of an account takes away.
-- A trigger, because several functions deactivate accounts, change addresses and take roles away.
create or replace function public.note_account_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if old.is_active and not new.is_active then
    perform public.retire_access(new.account_id, null);
  elsif old.email is distinct from new.email then
    -- Links were sent to the old address.
    perform public.retire_resets(new.account_id);
  end if;
  if old.role in ('admin', 'universal') and new.role not in ('admin', 'universal') then
    -- Otherwise they would have administrator rights again when the account gets the role back.
    update public.api_key k set revoked_at = now()
    where k.account_id = new.account_id and k.revoked_at is null and 'admin' = any (k.scopes);
  end if;
  return null;
end $$;
revoke execute on function public.note_account_change() from public, assay_app, assay_worker;
