-- In which encoding the names of an announced archive are written, when the client tells it. The
-- version that still runs leaves it out, and reads the names as before.
alter table upload add column filename_encoding text;
