internal import Postgres

/// Every SQL statement of the command line's work on accounts.
enum DirectoryQueries {
  /// All accounts by name.
  static func list(_ db: Connection) throws(PostgresError) -> [Directory.Entry] {
    try db.all(
      """
      select username, email, email_verified_at is not null, role, is_active from account
      where deleted_at is null
      order by lower(username)
      """
    ) { row throws(PostgresError) in
      try Directory.Entry(
        username: row.next(), email: row.next(), isEmailVerified: row.next(), role: row.next(),
        isActive: row.next())
    }
  }

  /// The account of that username.
  static func account(
    _ username: String, _ db: Connection
  ) throws(PostgresError) -> ID<Account>? {
    try db.first(
      "select account_id from account where lower(username) = lower(\(username))"
    ) { row throws(PostgresError) in try row.next() }
  }
}
