-- Lets a labeler get no more tasks of a project; with `tells`, orders a letter to the person who opened
-- it.
create or replace function public.bar_labeler(
  project uuid, labeler uuid, correct integer, answers integer, tells boolean
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.gold_bar (project_id, account_id, organization_id, correct, answers)
  select o.project_id, labeler, o.organization_id, bar_labeler.correct, bar_labeler.answers
  from public.pool o where o.project_id = project
  on conflict do nothing;
  if not found or not tells then return; end if;
  insert into public.letter (letter_id, kind, account_id, origin, project_id, labeler_id)
  select public.uuid_v7(), 'labeler_barred', a.account_id, '', project, labeler
  from public.pool o join public.account a on a.account_id = o.opened_by and a.is_active
  where o.project_id = project and a.email_verified_at is not null and public.may_write_to(a.email);
end $$;
revoke execute on function public.bar_labeler(uuid, uuid, integer, integer, boolean)
  from public, assay_app, assay_worker;
grant execute on function public.bar_labeler(uuid, uuid, integer, integer, boolean) to assay_worker;
