-- Queues an invitation's letter for processes of the version before; the next release drops it.
create or replace function public.ask_invitation(
  letter uuid, invitation uuid, origin text
) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select public.queue_invitation($1, $2, $3)
$$;
revoke execute on function public.ask_invitation(uuid, uuid, text)
  from public, assay_app, assay_worker;
grant execute on function public.ask_invitation(uuid, uuid, text) to assay_app;
