-- Accepts an invitation for processes of the version before; null when the link is not valid. The
-- next release drops it.
create or replace function public.accept_invitation(hash bytea) returns uuid
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select case when u.outcome in ('joined', 'member') then u.organization end
  from public.use_invitation(hash) u
$$;
revoke execute on function public.accept_invitation(bytea) from public, assay_app, assay_worker;
grant execute on function public.accept_invitation(bytea) to assay_app;
