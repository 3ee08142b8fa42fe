internal import Postgres

/// Every SQL statement about what organizations store and may store.
enum UsageQueries {
  /// An organization whose counters are not what it holds.
  struct Drift {
    let organization: ID<Organization>
    let bytes: Int
    let items: Int
    let heldBytes: Int
    let heldItems: Int
  }

  /// The organizations whose counters have drifted, in one look.
  static func drifts(_ db: Connection) throws(PostgresError) -> [Drift] {
    try db.all(
      """
      select o.organization_id, o.used_bytes, o.used_items, h.bytes, h.items
      from organization o, lateral (\(held)) h
      where (o.used_bytes, o.used_items) <> (h.bytes, h.items)
      order by o.organization_id
      """
    ) { row throws(PostgresError) in
      try Drift(
        organization: row.next(), bytes: row.next(), items: row.next(), heldBytes: row.next(),
        heldItems: row.next())
    }
  }

  /// Sets an organization's counters to what it holds, inside a transaction.
  ///
  /// Whoever changes what they count changes them last: with the row locked, the second statement
  /// sees everything that has been counted, and nothing else.
  static func recount(_ organization: ID<Organization>, _ db: Connection) throws(PostgresError) {
    try db.run("select from organization where organization_id = \(organization) for update")
    try db.run(
      """
      update organization u set used_bytes = h.bytes, used_items = h.items
      from organization o, lateral (\(held)) h
      where u.organization_id = \(organization) and o.organization_id = u.organization_id
      """)
  }

  private static let held: SQL = """
    select coalesce((select sum(b.size_bytes) from blob b
        where b.organization_id = o.organization_id), 0)::bigint as bytes,
      (select count(*) from item i
        where i.organization_id = o.organization_id and i.held_sha256 is not null) as items
    """

  /// Sets what the organization of an account may store; false when it owns none.
  static func setQuota(
    of username: String, bytes: Int?, items: Int?, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.run(
      """
      update organization o set quota_bytes = \(bytes)::bigint, quota_items = \(items)::bigint
      from account a
      where lower(a.username) = lower(\(username)) and o.organization_id = a.organization_id
      """) > 0
  }

  /// What the organization of an account stores and may store; nil when it owns none.
  static func usage(
    of username: String, _ db: Connection
  ) throws(PostgresError) -> ItemQueries.Usage? {
    try db.first(
      """
      select o.used_bytes, o.used_items, o.quota_bytes, o.quota_items
      from organization o join account a on a.organization_id = o.organization_id
      where lower(a.username) = lower(\(username))
      """
    ) { row throws(PostgresError) in
      try ItemQueries.Usage(
        bytes: row.next(), items: row.next(), byteQuota: row.next(), itemQuota: row.next())
    }
  }
}
