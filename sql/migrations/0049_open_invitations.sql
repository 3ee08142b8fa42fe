-- An organization has at most one open invitation to an address. The trigger `invitation_replaced`
-- ends the earlier one, also for the version before this one, which knows no such rule.
update invitation i set revoked_at = now()
where i.accepted_at is null and i.revoked_at is null and exists (
  select from invitation o
  where o.organization_id = i.organization_id and lower(o.email) = lower(i.email)
    and o.accepted_at is null and o.revoked_at is null
    and (o.expires_at, o.invitation_id) > (i.expires_at, i.invitation_id));
create unique index invitation_open_address on invitation (organization_id, lower(email))
  where accepted_at is null and revoked_at is null;
