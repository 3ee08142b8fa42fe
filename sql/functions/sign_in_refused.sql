-- Counts a failed sign-in for all that was compared; returns the seconds to wait.
-- They are more than 0 when it was one too many: then a right password would be refused, too.
create or replace function public.sign_in_refused(guesses text[], address text) returns double
precision language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  guess text;
  wait double precision := 0;
  account uuid;
begin
  -- In one order, to avoid deadlocks.
  if public.sign_in_address(address) is not null then
    perform public.throttle_take('address', public.sign_in_address(address));
  end if;
  for guess in select g from unnest(guesses) g order by g loop
    wait := greatest(wait, public.throttle_take('sign-in', public.pair_bucket(guess, address)));
  end loop;
  if wait > 0 then return wait; end if;
  for guess in select g from unnest(guesses) g order by g loop
    account := substring(guess from '^account (.*)$')::uuid;
    -- A known network is counted, but never has to wait.
    wait := greatest(wait, public.throttle_take('brake', public.brake_bucket(guess))
      * (not coalesce(public.is_known_network(account, address), false))::integer);
  end loop;
  return wait;
end $$;
revoke execute on function public.sign_in_refused(text[], text)
  from public, assay_app, assay_worker;
grant execute on function public.sign_in_refused(text[], text) to assay_app;
