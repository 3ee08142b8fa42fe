-- Returns how many gold items an account has had too little, by its pool's rate, with the next task.
create or replace function public.gold_deficit(account uuid, settings public.pool)
returns double precision
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  labeled bigint;
  gold bigint;
begin
  if settings.gold_rate = 0 or not exists (
    select from public.gold_item g where g.project_id = settings.project_id)
  then
    return 0;
  end if;
  select coalesce(sum(d.labeled), 0) into labeled from public.points_day d
  where d.account_id = account and d.project_id = settings.project_id;
  select count(*) into gold from public.gold_item g
  join public.claim c on c.item_id = g.item_id and c.account_id = account
  where g.project_id = settings.project_id and c.state <> 'returned';
  return greatest(0, settings.gold_rate * (labeled + settings.items_per_task) - gold);
end $$;
revoke execute on function public.gold_deficit(uuid, public.pool)
  from public, assay_app, assay_worker;
