-- Refuses a new account without an invitation if the site has closed its sign-up.
-- The lock makes `assay sign-up invited` wait for sign-ups that it does not refuse any more.
create or replace function public.expect_open_sign_up() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.site_limits l where l.sign_up_is_open for share;
  if not found then
    raise check_violation using constraint = 'sign_up_by_invitation',
      message = 'new accounts need an invitation';
  end if;
end $$;
revoke execute on function public.expect_open_sign_up() from public, assay_app, assay_worker;
