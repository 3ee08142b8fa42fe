-- Of a JPEG file: rows of pixels as they are stored, and how many of them have no data, whole or in
-- part; null until it is inspected, and for other kinds.
alter table blob
  add column stored_rows integer,
  add column missing_rows integer;
