internal import Postgres

/// Every SQL statement about sign-up and the caller's own account.
enum AccountQueries {
  /// Returns the caller's own account.
  static func profile(
    _ account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Accounts.User {
    try db.one(
      """
      select account_id, username, email, role from account where account_id = \(account)
      """
    ) { row throws(PostgresError) in
      try Accounts.User(
        id: row.next(), username: row.next(), email: row.next(), role: row.next())
    }
  }

  /// Makes an account, and a personal organization when its id is given.
  static func signUp(
    _ account: ID<Account>, username: String, email: String?, passwordHash: String, role: Role,
    organization: ID<Organization>?, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      select sign_up(
        \(account), \(username), \(email), \(passwordHash), \(role)::account_role,
        \(organization))
      """)
  }
}
