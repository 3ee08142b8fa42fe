-- A row of text is an item like a picture: its bytes are a blob of type text/plain, which has
-- neither width nor height.

alter table blob
  alter column width drop not null,
  alter column height drop not null,
  add constraint only_pictures_have_a_size check (
    (mime = 'text/plain') = (width is null) and (width is null) = (height is null));
