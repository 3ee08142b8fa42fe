-- The answers of a project in their order: found by its pictures, those of all projects were read.
-- The assignment's project, by which it is copied: a reference would lock the project's row.
alter table annotation add project_id uuid;
update annotation n set project_id = a.project_id
from assignment a where a.assignment_id = n.assignment_id;
alter table annotation alter project_id set not null;
create index annotation_of_project on annotation (project_id, annotation_id);

-- While a new version is rolled out, processes of the last one save answers that name no project.
create function annotation_takes_project() returns trigger language plpgsql as $$
begin
  select a.project_id into new.project_id
  from public.assignment a where a.assignment_id = new.assignment_id;
  return new;
end $$;
create trigger annotation_of_last_version before insert on annotation
for each row when (new.project_id is null) execute function annotation_takes_project();
