-- What an organization may store, and what it does; the counters change in the transaction that
-- changes what they count.

alter table organization
  add column quota_bytes bigint check (quota_bytes >= 0),   -- null: no limit
  add column quota_items bigint check (quota_items >= 0),
  add column used_bytes bigint not null default 0,          -- each blob once
  add column used_items bigint not null default 0;
grant update (used_bytes, used_items) on organization to assay_app;

-- A deleted item keeps its row, since annotations may hang off it; the same bytes bring it back.
grant update (state, excluded_because, filename) on item to assay_app;
create index item_of_creator on item (created_by, item_id);
