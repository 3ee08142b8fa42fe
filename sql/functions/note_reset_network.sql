-- Remembers the network in which a reset link was used in this transaction.
-- Else its reader could not sign in where the limit over all networks is reached.
create or replace function public.note_reset_network(account uuid, address text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.password_reset r where r.account_id = account and r.used_at = now();
  if found then perform public.note_network(account, address); end if;
end $$;
revoke execute on function public.note_reset_network(uuid, text)
  from public, assay_app, assay_worker;
grant execute on function public.note_reset_network(uuid, text) to assay_app;
