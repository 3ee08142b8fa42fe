-- Decides by chance whether an account gets gold now.
-- The chance grows with the gold that it has had too little of: half of the missing items.
create or replace function public.is_gold_due(account uuid, settings public.pool) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  labeled bigint;
  gold bigint;
begin
  if settings.gold_rate = 0 then return false; end if;
  select coalesce(sum(d.labeled), 0) into labeled from public.points_day d
  where d.account_id = account and d.project_id = settings.project_id;
  select count(*) into gold from public.gold_item g
  join public.claim c on c.item_id = g.item_id and c.account_id = account
  where g.project_id = settings.project_id and c.state <> 'returned';
  return random() < (settings.gold_rate * (labeled + settings.items_per_task) - gold) / 2;
end $$;
revoke execute on function public.is_gold_due(uuid, public.pool)
  from public, assay_app, assay_worker;
