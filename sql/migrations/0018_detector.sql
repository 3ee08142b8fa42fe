-- What the operator's detector said of a picture. It hangs off the bytes, like all that is found in
-- them, and names model and settings: what another one said does not count.

alter table blob
  add column detector text,
  add column detected double precision check (detected between 0 and 1),
  add column detector_fault text;

-- Pictures are inspected anew: more of what they declare is read now.
update blob set inspected_at = null where fault is null and mime like 'image/%';
