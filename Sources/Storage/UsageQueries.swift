package import Postgres
package import Vocabulary

/// Every SQL statement about usage and limits of organizations.
package enum UsageQueries {
  /// An organization's counters, and its actual usage.
  package struct Drift {
    /// The organization.
    package let organization: ID<Organization>
    /// The counted bytes.
    package let bytes: Int
    /// The counted items.
    package let items: Int
    /// The bytes of its blobs.
    package let heldBytes: Int
    /// The number of its items with bytes.
    package let heldItems: Int

    fileprivate var isOff: Bool { bytes != heldBytes || items != heldItems }
  }

  /// Checks the next organizations by id; returns the last id and those with wrong counters.
  ///
  /// It returns nil when there are no more. One statement checks many, because their rows are one
  /// range of an index.
  package static func drifts(
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

  /// Sets an organization's counters to its actual usage, inside a transaction.
  ///
  /// Other transactions change the counters last, after the rows that they count. With the row
  /// locked, the second statement therefore sees exactly the rows that are counted.
  package static func recount(_ organization: ID<Organization>, _ db: Connection)
    throws(PostgresError)
  {
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

  /// The usage and limits of an organization `o`, on a site with the limits `l`.
  static let roomColumns: SQL = """
    o.used_bytes, o.used_items, coalesce(o.quota_bytes, l.quota_bytes),
    coalesce(o.quota_items, l.quota_items)
    """

  /// Reads `roomColumns`.
  static func room(_ row: inout Row) throws(PostgresError) -> Room {
    try Room(
      used: Room.Amount(bytes: row.next(), items: row.next()), mostBytes: row.next(),
      mostItems: row.next())
  }

  /// Adds to an organization's counters and returns its usage and limits; locks its row.
  package static func add(
    bytes: Int, items: Int, to organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Room {
    try db.one(
      """
      update organization o
      set used_bytes = used_bytes + \(bytes)::bigint, used_items = used_items + \(items)::bigint
      from site_limits l
      where o.organization_id = \(organization)
      returning \(roomColumns)
      """, room)
  }

  /// An address may have expired: its bytes lie there until they are recorded or removed.
  package static let isOpenUpload: SQL = "state = 'presigned'"

  /// The most bytes and items that the open uploads to an organization may add.
  package static func announced(
    to organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Room.Amount {
    try db.one(
      """
      select coalesce(sum(announced_bytes), 0)::int8, count(*) from upload
      where \(isOpenUpload) and organization_id = \(organization)
      """
    ) { row throws(PostgresError) in
      try Room.Amount(bytes: row.next(), items: row.next())
    }
  }

  /// Locks an organization's row and returns its usage and limits.
  package static func lock(
    _ organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Room {
    try db.one(
      """
      select \(roomColumns) from organization o cross join site_limits l
      where o.organization_id = \(organization)
      for no key update of o
      """, room)
  }
}
