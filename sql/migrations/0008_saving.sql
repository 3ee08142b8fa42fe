-- Saving a label is the write that people wait for most often.
--
-- The statement that saves finds assignment and item by joining them, and neither is ever deleted
-- while a task holds it: checking both again locked two rows more, each with a record in the log.
alter table annotation
  drop constraint annotation_assignment_id_fkey,
  drop constraint annotation_item_id_fkey;

-- Room for a new version of a row on its own page: no index then needs to know of it.
alter table assignment set (fillfactor = 85);
