-- Counts surplus answers of open items that have free slots, the earliest first.
-- The caller has locked the items' tasks and rows.
create or replace function public.promote_surplus(items uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  with waiting as (
    select c.item_id, c.account_id,
      row_number() over (partition by c.item_id order by c.answered_at, c.account_id)
        <= p.slots - p.answers - p.leases as counts
    from public.pool_item p
    join public.claim c on c.item_id = p.item_id and c.state = 'surplus'
    where p.item_id = any (items) and p.state = 'open' and p.answers + p.leases < p.slots
  ), counted as (
    update public.claim c set state = 'counted'
    from waiting w
    where w.counts and c.item_id = w.item_id and c.account_id = w.account_id
    returning c.item_id
  )
  update public.pool_item p set answers = p.answers + n.number
  from (select item_id, count(*) as number from counted group by item_id) n
  where p.item_id = n.item_id;
end $$;
revoke execute on function public.promote_surplus(uuid[]) from public, assay_app, assay_worker;
