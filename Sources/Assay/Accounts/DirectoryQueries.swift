internal import Postgres
internal import Vocabulary

/// Every SQL statement of the command line about accounts.
enum DirectoryQueries {
  /// Returns all accounts, sorted by name.
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

  /// Returns the account with this username, or nil.
  static func account(
    _ username: String, _ db: Connection
  ) throws(PostgresError) -> ID<Account>? {
    try db.first(
      "select account_id from account where lower(username) = lower(\(username))"
    ) { row throws(PostgresError) in try row.next() }
  }
}
