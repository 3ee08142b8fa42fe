internal import Postgres

/// Every SQL statement of the command line's work on accounts.
enum DirectoryQueries {
  /// All accounts by name.
  static func list(_ db: Connection) throws(PostgresError) -> [Directory.Entry] {
    try db.all(
      "select username, email, role, is_active from account order by lower(username)"
    ) { row throws(PostgresError) in
      try Directory.Entry(
        username: row.next(), email: row.next(), role: row.next(), isActive: row.next())
    }
  }

  /// Marks an account as shut out.
  static func deactivate(_ username: String, _ db: Connection) throws(PostgresError) -> Int {
    try db.run(
      "update account set is_active = false where lower(username) = lower(\(username))")
  }

  /// Gives an account another role.
  static func change(
    _ username: String, to role: Role, _ db: Connection
  ) throws(PostgresError) -> Int {
    try db.run(
      """
      update account set role = \(role)::account_role where lower(username) = lower(\(username))
      """)
  }

  /// Gives an account a personal organization unless it belongs to one.
  static func ensureOrganization(
    _ organization: ID<Organization>, of username: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      with made as (
        insert into organization (organization_id, name)
        select \(organization), username from account a
        where lower(username) = lower(\(username)) and organization_id is null
        returning organization_id
      ), home as (
        update account set organization_id = made.organization_id
        from made where lower(username) = lower(\(username))
        returning account_id, account.organization_id
      )
      insert into membership (organization_id, account_id, role)
      select organization_id, account_id, 'owner' from home
      """)
  }

  /// Replaces an account's password.
  static func setPassword(
    _ username: String, _ hash: String, _ db: Connection
  ) throws(PostgresError) -> Int {
    try db.run(
      "update account set password_hash = \(hash) where lower(username) = lower(\(username))")
  }

  /// Ends every session of an account.
  static func endSessions(of username: String, _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      update session s set ended_at = now()
      from account a
      where a.account_id = s.account_id and lower(a.username) = lower(\(username))
        and s.ended_at is null
      """)
  }
}
