-- What quality control measures of a picture beside its likeness; null until it is inspected, and
-- for texts.

alter table blob
  add column frames integer,
  add column has_position boolean,         -- the metadata says where it was taken
  add column sharpness double precision,   -- null where there is too little to see
  add column shadow double precision,      -- luma that 5 % of the pixels do not exceed, 0…1
  add column highlight double precision,   -- luma that 99 % of them do not exceed, 0…1
  add column entropy double precision,     -- of luma, in bits
  add column colour double precision;      -- chroma that 99 % of the pixels do not exceed, 0…16

-- How much a run says; null for jobs of other kinds.
alter table job
  add column level text check (level in ('basic', 'standard', 'strict'));

-- Pictures are inspected anew: nothing of this was measured yet.
update blob set inspected_at = null where fault is null and mime like 'image/%';
