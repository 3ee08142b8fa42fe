-- How pictures are found in an organization that has more of them than a worker holds in memory.

-- Such pictures are known by their bands alone.
alter table likeness add column is_banded boolean not null default false;
create unique index likeness_in_memory on likeness (organization_id, number) where not is_banded;

-- A fingerprint's 16 bands of 16 bits, each behind its number: whatever differs from another in few
-- bits shares a band with it. Only the fingerprint of the whole picture: those of its windows would
-- be a hundred times as many.
create table likeness_band (
  organization_id uuid not null,
  band integer not null,
  number bigint not null,
  primary key (organization_id, band, number),
  foreign key (organization_id, number) references likeness (organization_id, number)
    on delete cascade
);
create index likeness_band_of on likeness_band (organization_id, number);
select protect('likeness_band');
grant select on likeness_band to assay_app;
grant select, insert on likeness_band to assay_worker;

comment on column resemblance.detail is
  'the mean of the correlations within small blocks, of the pictures evened out; before, the median of the plain ones';
