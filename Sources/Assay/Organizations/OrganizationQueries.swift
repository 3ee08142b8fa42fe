internal import Postgres

/// Every SQL statement about organizations and their members.
enum OrganizationQueries {
  /// What a caller sees; `o` is the organization.
  private static func isVisible(to caller: Caller) -> SQL {
    """
    (\(caller.seesAll)::boolean or exists (
      select from membership v
      where v.organization_id = o.organization_id and v.account_id = \(caller.id)))
    """
  }

  private static func columns(for caller: Caller) -> SQL {
    """
    o.organization_id, o.name, role_in(o.organization_id),
    (select count(*) from membership m where m.organization_id = o.organization_id),
    o.created_at
    """
  }

  /// The organizations that a caller is a member of, or all for those who run the site.
  static func list(
    for caller: Caller, limit: Int, skipping: Int, _ db: Connection
  ) throws(PostgresError) -> [Organizations.Row] {
    try db.all(
      """
      select \(columns(for: caller)) from organization o where \(isVisible(to: caller))
      order by o.organization_id desc
      limit \(limit) offset \(skipping)
      """, row)
  }

  /// How many organizations a caller sees.
  static func count(for caller: Caller, _ db: Connection) throws(PostgresError) -> Int {
    try db.one("select count(*) from organization o where \(isVisible(to: caller))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// One organization that a caller sees.
  static func organization(
    _ organization: ID<Organization>, for caller: Caller, _ db: Connection
  ) throws(PostgresError) -> Organizations.Row? {
    try db.first(
      """
      select \(columns(for: caller)) from organization o
      where o.organization_id = \(organization) and \(isVisible(to: caller))
      """, row)
  }

  private static func row(_ row: inout Row) throws(PostgresError) -> Organizations.Row {
    try Organizations.Row(
      id: row.next(), name: row.next(), role: row.next(), members: row.next(),
      createdAt: row.next())
  }

  /// Makes an organization that the caller owns.
  static func make(
    _ organization: ID<Organization>, name: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run("select make_organization(\(organization), \(name))")
  }

  /// Gives an organization another name.
  static func rename(
    _ organization: ID<Organization>, to name: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run("select rename_organization(\(organization), \(name))")
  }

  /// Makes one of the caller's organizations the one that new work belongs to.
  static func choose(
    _ organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one("select choose_organization(\(organization))") { row throws(PostgresError) in
      try row.next()
    }
  }
}
