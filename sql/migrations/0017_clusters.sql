-- Duplicates are excluded and brought back; runs of quality control are cancelled, and tell how fast
-- they are; a picture that kills its worker is found.

-- Where an item is brought back to.
alter table item add column state_before item_state;
grant update (state_before) on item to assay_app;

-- Started is when it was asked for, begun when a worker first took of it.
alter table job add column begun_at timestamptz;
grant update (begun_at) on job to assay_worker;
alter table job_chunk
  add column finished_at timestamptz,
  add column deaths integer not null default 0;  -- of workers that held it and went silent

grant update (state, finished_at) on job to assay_app;
grant update (state, lease_expires_at) on job_chunk to assay_app;
-- A picture that kills its worker takes part in no comparison any more.
grant delete on likeness to assay_worker;

-- Says of all items of these bytes what they are copies of: the most probable, in the same project
-- before others, of equals the first that came. Of an excluded copy it says so, too, but nothing is
-- said to be a copy of one.
--
-- It depends on nothing but what is there, so that it is the same in whatever order items were
-- looked at, and however often. The application may not write checks; this it may have done.
create function settle_duplicates(
  organization uuid, digests bytea[], flagged double precision
) returns void language plpgsql security definer as $$
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
revoke execute on function settle_duplicates from public;
grant execute on function settle_duplicates to assay_app, assay_worker;
