internal import Postgres

/// Every SQL statement about what organizations store and may store.
enum UsageQueries {
  /// What an organization's counters say, and what it holds.
  struct Drift {
    let organization: ID<Organization>
    let bytes: Int
    let items: Int
    let heldBytes: Int
    let heldItems: Int

    fileprivate var isOff: Bool { bytes != heldBytes || items != heldItems }
  }

  /// The next organizations in the order of their ids, the last of which is returned, and those of
  /// them whose counters have drifted; nil when there are no more.
  ///
  /// One statement looks at many: what they hold is one range of an index.
  static func drifts(
    after organization: ID<Organization>?, limit: Int, _ db: Connection
  ) throws(PostgresError) -> (last: ID<Organization>, drifts: [Drift])? {
    let rows = try db.all(
      """
      with page as materialized (
        select organization_id, used_bytes, used_items from organization
        where \(organization)::uuid is null or organization_id > \(organization)
        order by organization_id limit \(limit)
      ), held_bytes as (
        select organization_id, sum(size_bytes)::bigint as bytes from blob
        where \(isInPage) group by organization_id
      ), held_items as (
        select organization_id, count(*) as items from item
        where \(isInPage) and held_sha256 is not null group by organization_id
      )
      select organization_id, used_bytes, used_items, coalesce(bytes, 0), coalesce(items, 0)
      from page
      left join held_bytes using (organization_id)
      left join held_items using (organization_id)
      order by organization_id
      """
    ) { row throws(PostgresError) in
      try Drift(
        organization: row.next(), bytes: row.next(), items: row.next(), heldBytes: row.next(),
        heldItems: row.next())
    }
    guard let last = rows.last else { return nil }
    return (last.organization, rows.filter(\.isOff))
  }

  private static let isInPage: SQL = """
    organization_id between
      (select organization_id from page order by organization_id limit 1)
      and (select organization_id from page order by organization_id desc limit 1)
    """

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
