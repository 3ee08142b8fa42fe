-- Drops functions that only the version before the last called.
drop trigger annotation_of_last_version on annotation;
drop function annotation_takes_project();
drop function sign_in_check(text, text);
drop function account_for_sign_in(text);
drop function sign_in_failed(bytea, text);
drop function sign_in_done(uuid, uuid, bytea, timestamptz, bytea);
drop function set_member(uuid, uuid, membership_role);
drop function take_letter();
