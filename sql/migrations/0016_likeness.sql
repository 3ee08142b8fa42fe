-- How pictures look, and which are like one another.
--
-- Both hang off the bytes, not off the items: the same picture in ten requests is looked at and
-- compared once.

create sequence likeness_number;

create table likeness (
  organization_id uuid not null,
  sha256 bytea not null,
  whole bytea not null check (octet_length(whole) = 32),
  -- The fingerprints of crop windows; then 64 by 64 pixels. Neither can be compressed.
  windows bytea not null,
  luma bytea not null,
  -- Given when it has been compared with all that came before, under a lock of the organization:
  -- who has seen up to a number has missed nothing below it.
  number bigint,
  primary key (organization_id, sha256),
  foreign key (organization_id, sha256) references blob (organization_id, sha256)
    on delete cascade
);
alter table likeness alter column windows set storage external;
alter table likeness alter column luma set storage external;
create unique index likeness_in_order on likeness (organization_id, number);
select protect('likeness');
grant select on likeness to assay_app;
grant select, insert, update on likeness to assay_worker;
grant usage on sequence likeness_number to assay_worker;

-- A pair is kept once, the smaller digest first.
create table resemblance (
  organization_id uuid not null,
  first bytea not null,
  second bytea not null,
  score double precision not null check (score between 0 and 1),
  distance integer not null,             -- bits of 256 in which the nearest fingerprints differ
  correlation real not null,             -- of what lies upon one another
  detail real not null,                  -- the median of the same within small blocks
  orientation integer not null check (orientation between 1 and 8),  -- of the second, as in EXIF
  first_part real[] not null,            -- x, y, width, height of what lies upon the other, 0…1
  second_part real[] not null,
  primary key (organization_id, first, second),
  foreign key (organization_id, first) references likeness (organization_id, sha256)
    on delete cascade,
  foreign key (organization_id, second) references likeness (organization_id, sha256)
    on delete cascade,
  check (first < second)
);
create index resemblance_of_second on resemblance (organization_id, second);
select protect('resemblance');
grant select on resemblance to assay_app;
grant select, insert on resemblance to assay_worker;

-- Pictures are inspected anew: their likeness is not known yet.
update blob set inspected_at = null where fault is null and mime like 'image/%';
