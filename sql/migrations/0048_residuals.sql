-- Two pictures that differ at one compact place, such as an object that moved, are no copies.
alter table resemblance add column residual real;
comment on column resemblance.residual is
  'the difference at one compact place that noise does not explain, in levels of brightness; null for pairs that were compared before it was measured';
