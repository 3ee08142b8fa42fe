internal import Postgres

/// Every SQL statement the accounts feature runs.
enum AccountQueries {
  /// What a sign-in is checked against.
  struct Credentials {
    let account: ID<Account>
    let username: String
    let email: String?
    let role: Role
    let isActive: Bool
    let passwordHash: String
  }

  /// The account of a username, or of an e-mail address when the text holds an '@'.
  static func credentials(
    login: String, _ db: Connection
  ) throws(PostgresError) -> Credentials? {
    try db.one(
      """
      select account_id, username, email, role, is_active, password_hash
      from account_for_sign_in(\(login))
      """
    ) { row throws(PostgresError) -> Credentials? in
      guard let account = try row.next(ID<Account>?.self) else { return nil }
      return try Credentials(
        account: account, username: row.next(), email: row.next(), role: row.next(),
        isActive: row.next(), passwordHash: row.next())
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
