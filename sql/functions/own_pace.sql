-- Returns the caller's median seconds per item since a time, as measured here and by the client.
-- Items of an assignment that were answered together share the time since its answer before, or
-- since the claim. A definer, because people keep their numbers when they leave a project.
create or replace function public.own_pace(since timestamptz) returns table (
  measured double precision, told double precision)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  with given as (
    select c.assignment_id, c.answered_at, min(c.claimed_at) as claimed_at, count(*) as number
    from public.claim c
    where c.account_id = public.scope_account() and c.answered_at >= since
      and c.state in ('counted', 'surplus')
    group by c.assignment_id, c.answered_at
  ), timed as (
    select g.number, extract(epoch from g.answered_at - greatest(g.claimed_at, coalesce(
        lag(g.answered_at) over (partition by g.assignment_id order by g.answered_at),
        g.claimed_at)))::double precision / g.number as seconds
    from given g
  )
  select
    (select percentile_cont(1 / 2.0) within group (order by t.seconds)
     from timed t, generate_series(1, t.number)
     -- An appointed labeler claims with the answer: there is nothing to measure.
     where t.seconds > 0),
    (select percentile_cont(1 / 2.0) within group (order by c.seconds::double precision)
     from public.claim c
     where c.account_id = public.scope_account() and c.answered_at >= since
       and c.state in ('counted', 'surplus') and c.seconds is not null)
$$;
revoke execute on function public.own_pace(timestamptz) from public, assay_app, assay_worker;
grant execute on function public.own_pace(timestamptz) to assay_app;
