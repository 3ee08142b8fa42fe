-- Whether anybody may make an account, or only people with an invitation: `assay sign-up`. A row
-- that only the owner writes, so that somebody who has taken over the application cannot open it.
alter table site_limits add column sign_up_is_open boolean not null default true;
