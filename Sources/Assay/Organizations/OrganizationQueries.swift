internal import Postgres
internal import Vocabulary
internal import Web

/// Every SQL statement about organizations.
enum OrganizationQueries {
  /// The table and condition for the organizations that a caller sees.
  private static func visible(to caller: Caller) -> SQL {
    // Two texts with a plan each: one statement for both cases would read every organization.
    caller.seesAll
      ? "organization where true" : "membership where account_id = \(caller.id)"
  }

  private static func columns(for caller: Caller) -> SQL {
    """
    o.organization_id, o.name, role_in(o.organization_id),
    (select count(*) from membership m where m.organization_id = o.organization_id),
    o.created_at
    """
  }

  /// Returns the caller's organizations, or all for an administrator of the site.
  static func list(
    for caller: Caller, limit: Int, skipping: Int, _ db: Connection
  ) throws(PostgresError) -> [Organizations.Row] {
    try db.all(
      """
      select \(columns(for: caller))
      from (
        select organization_id from \(visible(to: caller))
        order by organization_id desc
        limit \(limit) offset \(skipping)
      ) v
      join organization o on o.organization_id = v.organization_id
      order by o.organization_id desc
      """, row)
  }

  /// Returns the number of organizations that a caller sees.
  static func count(for caller: Caller, _ db: Connection) throws(PostgresError) -> Int {
    try db.one("select count(*) from \(visible(to: caller))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Returns an organization that a caller sees, or nil.
  static func organization(
    _ organization: ID<Organization>, for caller: Caller, _ db: Connection
  ) throws(PostgresError) -> Organizations.Row? {
    try db.first(
      """
      select \(columns(for: caller))
      from (
        select organization_id from \(visible(to: caller)) and organization_id = \(organization)
      ) v
      join organization o on o.organization_id = v.organization_id
      """, row)
  }

  private static func row(_ row: inout Row) throws(PostgresError) -> Organizations.Row {
    try Organizations.Row(
      id: row.next(), name: row.next(), role: row.next(), members: row.next(),
      createdAt: row.next())
  }

  /// Makes an organization owned by the caller.
  static func make(
    _ organization: ID<Organization>, name: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run("select make_organization(\(organization), \(name))")
  }

  /// Renames an organization.
  static func rename(
    _ organization: ID<Organization>, to name: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run("select rename_organization(\(organization), \(name))")
  }
}
