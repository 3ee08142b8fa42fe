-- An organization with as many compared pictures as a worker holds, none of them alike.
set synchronous_commit = off;
create temp table compared as
select m.organization_id, sha256(int8send(8e9::bigint + n)) as sha256
from account a join membership m using (account_id), generate_series(1, 100000) n
where a.username = 'customer';
insert into blob (organization_id, sha256, size_bytes, mime, width, height, previewed_at, inspected_at)
select organization_id, sha256, 200000, 'image/jpeg', 500, 375, now(), now() from compared;
insert into likeness (organization_id, sha256, whole, windows, luma, number)
select organization_id, sha256, sha256,
  (select string_agg(sha256(c.sha256 || int4send(n)), '') from generate_series(1, 114) n),
  decode(repeat('80', 4096), 'hex'), nextval('likeness_number')
from compared c;
analyze likeness;
