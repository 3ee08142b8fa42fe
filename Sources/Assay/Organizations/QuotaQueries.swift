internal import Postgres
internal import Storage
internal import Vocabulary

/// Every SQL statement about the limits of organizations and of the site.
enum QuotaQueries {
  /// The organization that an account's work belongs to; nil when it has none.
  static func organization(
    of username: String, _ db: Connection
  ) throws(PostgresError) -> ID<Organization>? {
    try db.first(
      """
      select organization_id from account
      where lower(username) = lower(\(username)) and organization_id is not null
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Whether there is such an organization.
  static func isThere(
    _ organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one(
      "select exists (select from organization where organization_id = \(organization))"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Usage and limits of an organization.
  static func quota(
    of organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Quota {
    let announced = try UsageQueries.announced(to: organization, db)
    return try db.one(
      """
      select used_bytes, used_items, quota_bytes, quota_items from organization
      where organization_id = \(organization)
      """
    ) { row throws(PostgresError) in
      try Quota(
        used: Room.Amount(bytes: row.next(), items: row.next()),
        announcedBytes: announced.bytes, bytes: Quota.Limit(stored: row.next()),
        items: Quota.Limit(stored: row.next()))
    }
  }

  /// Sets the limits of an organization.
  static func setQuota(
    of organization: ID<Organization>, bytes: Quota.Limit, items: Quota.Limit, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update organization
      set quota_bytes = \(bytes.stored)::bigint, quota_items = \(items.stored)::bigint
      where organization_id = \(organization)
      """)
  }

  /// The limits that hold where there is no own limit.
  static func siteLimits(_ db: Connection) throws(PostgresError) -> SiteLimits {
    try db.one("select quota_bytes, quota_items, organizations from site_limits") {
      row throws(PostgresError) in
      try SiteLimits(bytes: row.next(), items: row.next(), organizations: row.next())
    }
  }

  /// Sets those limits.
  static func setSiteLimits(_ limits: SiteLimits, _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      update site_limits
      set quota_bytes = \(limits.bytes)::bigint, quota_items = \(limits.items)::bigint,
        organizations = \(limits.organizations)::bigint
      """)
  }
}
