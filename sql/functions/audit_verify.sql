-- Returns the number of the first entry that was changed; null when there is none.
-- An entry behind the head, or one that is missing before it, counts as changed.
create or replace function public.audit_verify() returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select min(broken) from (
    select min(e.number) as broken
    from (
      select a.number, a.previous, a.hash, public.audit_hash(a) as right_hash,
        lag(a.number, 1, 0::bigint) over walk as number_before,
        lag(a.hash, 1, sha256('assay')) over walk as hash_before
      from public.audit_entry a
      window walk as (order by a.number)
    ) e
    where e.hash <> e.right_hash or e.previous <> e.hash_before
      or e.number <> e.number_before + 1
    union all
    select least(h.number, coalesce(l.number, 0)) + case when l.number = h.number then 0 else 1 end
    from public.audit_head h
    left join (
      select a.number, a.hash from public.audit_entry a order by a.number desc limit 1) l on true
    where h.number <> coalesce(l.number, 0) or h.hash <> coalesce(l.hash, sha256('assay'))
  ) found
$$;
revoke execute on function public.audit_verify() from public, assay_app, assay_worker;
