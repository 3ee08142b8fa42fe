-- Writes what the items of these bytes are copies of.
-- The most probable original comes first, in the same project before others, of equals the
-- oldest. An excluded copy gets a result, too, but is nobody's original. The result depends on
-- the rows only, not on the order in which items were checked. The application has no right to
-- write checks itself.
create or replace function public.settle_duplicates(
  organization uuid, digests bytea[], flagged double precision
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if session_user = 'assay_app'
    and not coalesce(organization = any (public.scope_organizations()), true)
  then
    raise insufficient_privilege using message = 'not the organization of the session';
  end if;
  update public.item_check c
  set duplicate_score = coalesce(best.score, 0),
    source_url = coalesce(i.source_url, case when best.score >= flagged then best.source_url end),
    flags = case
        when best.is_exact then array['exact_duplicate']
        when best.score >= flagged then array['near_duplicate']
        else '{}' end
      || array_remove(array_remove(c.flags, 'near_duplicate'), 'exact_duplicate'),
    evidence = c.evidence || jsonb_build_object('duplicate', best.evidence)
  from public.item i
  left join lateral (
    select r.score, r.is_exact, other.source_url,
      jsonb_build_object(
        'image_id', other.item_id, 'distance', r.distance, 'correlation', r.correlation,
        'detail', r.detail, 'orientation', r.orientation, 'part', r.part,
        'other_part', r.other_part) as evidence
    from (
      select i.sha256, 1 as score, true as is_exact, 0 as distance, 1::real as correlation,
        1::real as detail, 1 as orientation, '{0,0,1,1}'::real[] as part,
        '{0,0,1,1}'::real[] as other_part
      union all
      select s.second, s.score, false, s.distance, s.correlation, s.detail, s.orientation,
        s.first_part, s.second_part
      from public.resemblance s
      where s.organization_id = i.organization_id and s.first = i.sha256
      union all
      select s.first, s.score, false, s.distance, s.correlation, s.detail, s.orientation,
        s.second_part, s.first_part
      from public.resemblance s
      where s.organization_id = i.organization_id and s.second = i.sha256
    ) r
    join public.item other on other.organization_id = i.organization_id
      and other.held_sha256 = r.sha256 and other.item_id <> i.item_id
      and other.state <> 'excluded'
    where exists (select from public.item_check o where o.item_id = other.item_id)
    order by r.score desc, other.project_id = i.project_id desc, other.item_id
    limit 1
  ) best on true
  where c.item_id = i.item_id and i.organization_id = organization
    and (i.state <> 'excluded' or i.excluded_because = 'duplicate')
    and i.held_sha256 = any (digests);
end $$;
revoke execute on function public.settle_duplicates(uuid, bytea[], double precision)
  from public, assay_app, assay_worker;
grant execute on function public.settle_duplicates(uuid, bytea[], double precision)
  to assay_app, assay_worker;
