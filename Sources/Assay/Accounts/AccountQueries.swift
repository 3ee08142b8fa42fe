internal import Postgres

/// Every SQL statement the accounts feature runs.
enum AccountQueries {
  /// What a sign-in is checked against.
  struct Credentials {
    let account: ID<Account>
    let username: String
    let email: String?
    let role: Role
    let organization: ID<Organization>?
    let isActive: Bool
    let passwordHash: String
  }

  /// The account of a username, or of an e-mail address when the text holds an '@'.
  static func credentials(
    login: String, _ db: Connection
  ) throws(PostgresError) -> Credentials? {
    try db.one(
      """
      select account_id, username, email, role, organization_id, is_active, password_hash
      from account_for_sign_in(\(login))
      """
    ) { row throws(PostgresError) -> Credentials? in
      guard let account = try row.next(ID<Account>?.self) else { return nil }
      return try Credentials(
        account: account, username: row.next(), email: row.next(), role: row.next(),
        organization: row.next(), isActive: row.next(), passwordHash: row.next())
    }
  }

  /// The account itself, for whoever is signed in with it.
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

  /// Makes an account, with a personal organization when one is named.
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
