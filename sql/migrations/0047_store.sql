-- The store of this database: its id is in the file store.id of the store. Null before first use.
-- A service that finds another store, or none, refuses; `assay store adopt` names another one.
create table site_store (
  is_site boolean primary key default true check (is_site),
  store_id uuid
);
insert into site_store default values;
alter table site_store enable row level security;
create policy everybody on site_store for select to assay_app, assay_worker using (true);
grant select on site_store to assay_app, assay_worker;
