internal import Cryptography
internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

/// The changes of an account; nil leaves a value unchanged.
struct AccountChanges {
  var username: String?
  var email: String?
  var fullName: String?
  var isActive: Bool?
  var role: Role?

  /// The changes as the audit log stores them, without the full name itself.
  var facts: [(StaticString, String)] {
    var facts: [(StaticString, String)] = []
    if let username { facts.append(("username", username)) }
    if let email { facts.append(("email", email)) }
    if fullName != nil { facts.append(("full_name", "changed")) }
    if let isActive { facts.append(("is_active", String(isActive))) }
    if let role { facts.append(("role", role.rawValue)) }
    return facts
  }
}

/// Every SQL statement that reads and changes accounts for signed-in callers.
enum UserQueries {
  private static let columns: SQL = """
    account_id, username, email, email_verified_at is not null, lost_email, full_name, role,
    is_active, organization_id, created_at, updated_at
    """

  /// Returns an account that the caller may see, or nil.
  static func user(
    _ account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Users.User? {
    try db.first(
      "select \(columns) from account where account_id = \(account) and deleted_at is null",
      row)
  }

  /// Returns a page of the accounts that the caller may see, newest first.
  static func page(
    size: Int, skipping: Int, _ db: Connection
  ) throws(PostgresError) -> [Users.User] {
    try db.all(
      """
      select \(columns) from account where deleted_at is null
      order by account_id desc
      limit \(size) offset \(skipping)
      """, row)
  }

  /// Returns the number of accounts that the caller may see.
  static func count(_ db: Connection) throws(PostgresError) -> Int {
    try db.one("select count(*) from account where deleted_at is null") {
      row throws(PostgresError) in try row.next()
    }
  }

  private static func row(_ row: inout Row) throws(PostgresError) -> Users.User {
    try Users.User(
      id: row.next(), username: row.next(), email: row.next(), isEmailVerified: row.next(),
      lostEmail: row.next(), fullName: row.next(), role: row.next(), isActive: row.next(),
      organization: row.next(), createdAt: row.next(),
      updatedAt: row.next())
  }

  /// Makes an account for an administrator of the site.
  static func add(
    _ account: ID<Account>, username: String, email: String?, fullName: String?,
    passwordHash: String, role: Role, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      select add_account(
        \(account), \(username), \(email), \(fullName), \(passwordHash),
        \(role)::account_role)
      """)
  }

  /// Changes an account; false when there is none.
  static func change(
    _ account: ID<Account>, _ changes: AccountChanges, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one(
      """
      select change_account(
        \(account), \(changes.username), \(changes.email), \(changes.fullName),
        \(changes.isActive), \(changes.role)::account_role)
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Removes a person's data from an account; false when there is none.
  static func delete(_ account: ID<Account>, _ db: Connection) throws(PostgresError) -> Bool {
    try db.one("select delete_account(\(account))") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// Sets a password and ends the account's other sessions and keys; false when there is none.
  static func setPassword(
    of account: ID<Account>, _ hash: String, keeping session: ID<Session>?, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one("select set_password(\(account), \(hash), \(session))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Changes the caller's password and ends the account's other sessions and keys.
  ///
  /// It returns false when the account's hash is no longer `old`, with which the password was
  /// compared.
  static func changePassword(
    from old: String, to hash: String, keeping session: ID<Session>?, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one("select change_password(\(old), \(hash), \(session))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Records a forgotten password; takes the same time for an unknown name.
  static func askReset(
    for login: String, origin: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run("select ask_reset(\(ID<Account>.new()), \(login), \(origin))")
  }

  /// Records a reset link; false when there is no such account.
  static func makeReset(
    for account: ID<Account>, _ tokenHash: Digest, until: Timestamp, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one("select make_reset(\(account), \(tokenHash), \(until))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Uses a reset link; nil when it is no longer valid.
  static func useReset(
    _ tokenHash: Digest, _ hash: String, _ db: Connection
  ) throws(PostgresError) -> ID<Account>? {
    try db.one("select use_reset(\(tokenHash), \(hash))") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// The reason why a reset link is not valid.
  enum ResetState: String, PostgresDecodable {
    /// It was used, or ended by a new password or address.
    case used
    case expired
    /// The account is deactivated or deleted.
    case closed
  }

  /// Returns the reason why a reset link is not valid; nil when there is no such link.
  static func state(
    ofReset tokenHash: Digest, _ db: Connection
  ) throws(PostgresError) -> ResetState? {
    try db.one("select reset_state(\(tokenHash))") { row throws(PostgresError) in
      try row.next()
    }
  }
}
