-- Limits for everybody whom the operator has set none of their own, and announced uploads count.

-- One row, which only the owner writes: `assay quota --default`. Null: no limit.
create table site_limits (
  is_site boolean primary key default true check (is_site),
  quota_bytes bigint default 107374182400 check (quota_bytes >= 0),
  quota_items bigint default 500000 check (quota_items >= 0),
  -- How many organizations one account may make or own.
  organizations bigint default 20 check (organizations >= 0)
);
insert into site_limits default values;
alter table site_limits enable row level security;
create policy everybody on site_limits for select to assay_app, assay_worker using (true);
grant select on site_limits to assay_app;

-- From now on null means the site's default, and the greatest number means no limit: the version
-- that still runs reads both as no limit. An organization that already stores half of the default
-- has been allowed to do so, and goes on without a limit until the operator decides.
update organization set quota_bytes = 9223372036854775807
where quota_bytes is null and used_bytes >= 53687091200;
update organization set quota_items = 9223372036854775807
where quota_items is null and used_items >= 250000;

-- Bytes reserved for an announced upload, until it is completed, rejected or expired.
alter table upload
  add column announced_bytes bigint not null default 20971520 check (announced_bytes > 0);
update upload set announced_bytes = 209715200
where content_type = 'application/zip' and state in ('presigned', 'received');
create index upload_open on upload (organization_id) include (announced_bytes)
  where state in ('presigned', 'received');
create index upload_open_of_account on upload (account_id) include (content_type)
  where state in ('presigned', 'received');

-- Who made an organization, whoever owns it now: giving organizations away makes no room for more.
alter table organization add column made_by uuid references account;
create index organization_made_by on organization (made_by) where made_by is not null;

create or replace function make_organization(organization uuid, name text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  most bigint;
  held bigint;
begin
  -- Two at once: the second waits here and then counts the first.
  perform from public.account a where a.account_id = public.scope_account() for no key update;
  if not public.runs_site() then
    select l.organizations into most from public.site_limits l;
    -- An owner who was never asked does not count: others cannot use up somebody's number.
    select count(*) into held
    from (
      select o.organization_id from public.organization o
      where o.made_by = public.scope_account()
      union
      select m.organization_id from public.membership m
      where m.account_id = public.scope_account() and m.role = 'owner' and m.has_agreed) own;
    if held >= most then
      raise check_violation using constraint = 'organization_most_per_account',
        message = 'the account has as many organizations as it may';
    end if;
  end if;
  insert into public.organization (organization_id, name, made_by)
  values (organization, make_organization.name, public.scope_account());
  insert into public.membership (organization_id, account_id, role)
  values (organization, public.scope_account(), 'owner');
  -- The first is where one's work belongs.
  update public.account a set organization_id = organization
  where a.account_id = public.scope_account() and a.organization_id is null;
end $$;
