-- A request's token now says whose it is, in which role and for which organization, so that its
-- scope can be opened in one round trip with its first statement: `admit` compares the claims with
-- the account, and fails rather than to answer, so that nothing behind it in the pipeline is
-- executed.

create function admit(session uuid, account uuid, role public.account_role, organization uuid)
returns void language plpgsql security definer as $$
declare
  claims text;
begin
  -- One statement: each of its own would cost as much again.
  perform
    set_config('assay.account', a.account_id::text, false),
    set_config(
      'assay.organizations',
      case when a.role in ('admin', 'universal') then '*' else a.organizations::text end, false)
  from public.session s
  join public.account a on a.account_id = s.account_id
  where s.session_id = admit.session
    and s.ended_at is null and s.expires_at > now() and a.is_active
    and a.account_id = admit.account and a.role = admit.role
    and a.organization_id is not distinct from admit.organization;
  if found then return; end if;
  -- They have changed since the token was made: the application tries again with the new ones.
  select concat_ws(' ', a.role, a.organization_id) into claims
  from public.session s
  join public.account a on a.account_id = s.account_id
  where s.session_id = admit.session
    and s.ended_at is null and s.expires_at > now() and a.is_active
    and a.account_id = admit.account;
  if found then raise exception '%', claims using errcode = 'AS403'; end if;
  raise exception 'the session is over' using errcode = 'AS401';
end $$;

revoke execute on function admit from public;
grant execute on function admit to assay_app;

drop function enter;

-- With the home organization, which goes into the token.
drop function account_for_sign_in;
create function account_for_sign_in(
  login text,
  out account_id uuid, out username text, out email text, out role public.account_role,
  out organization_id uuid, out is_active boolean, out password_hash text
) language sql stable security definer as $$
  select a.account_id, a.username, a.email, a.role, a.organization_id, a.is_active, a.password_hash
  from public.account a
  where case when position('@' in login) > 0 then lower(a.email) = lower(login)
             else lower(a.username) = lower(login) end
$$;
revoke execute on function account_for_sign_in from public;
grant execute on function account_for_sign_in to assay_app;
