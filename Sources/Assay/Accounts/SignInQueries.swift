internal import Postgres

/// Every SQL statement between a name with a password and a session.
enum SignInQueries {
  /// What a sign-in is checked against.
  struct Credentials {
    /// Nil when the name is nobody's.
    let account: AccountRow?
    /// Counts the failures of this account, or of this name.
    let bucket: [UInt8]
    /// Seconds until another try is heard; 0 when this one is.
    let wait: Double
  }

  /// Whom a session is opened for.
  struct Person {
    let user: Accounts.User
    let organization: ID<Organization>?
  }

  /// An account as the sign-in needs it.
  struct AccountRow {
    let person: Person
    let isActive: Bool
    let passwordHash: String
  }

  /// The account of a username, or of an e-mail address when the text holds an '@'.
  static func check(
    login: String, address: String, _ db: Connection
  ) throws(PostgresError) -> Credentials {
    try db.one(
      """
      select bucket, wait, account_id, username, email, role, organization_id, is_active,
        password_hash
      from sign_in_check(\(login), \(address))
      """
    ) { row throws(PostgresError) -> Credentials in
      let (bucket, wait) = (try row.next([UInt8].self), try row.next(Double.self))
      guard let account = try row.next(ID<Account>?.self) else {
        return Credentials(account: nil, bucket: bucket, wait: wait)
      }
      let person = try person(account, &row)
      let found = try AccountRow(person: person, isActive: row.next(), passwordHash: row.next())
      return Credentials(account: found, bucket: bucket, wait: wait)
    }
  }

  /// Counts a failure; the seconds to wait when it was one too many.
  static func failed(
    bucket: [UInt8], address: String, _ db: Connection
  ) throws(PostgresError) -> Double {
    try db.one("select sign_in_failed(\(bucket), \(address))") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// Opens a session; the seconds to wait when too many failures came in meanwhile.
  static func open(
    _ session: ID<Session>, of account: ID<Account>, refreshHash: [UInt8], until: Timestamp,
    bucket: [UInt8], _ db: Connection
  ) throws(PostgresError) -> Double {
    try db.one(
      """
      select sign_in_done(\(session), \(account), \(refreshHash), \(until), \(bucket))
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Replaces a refresh token; nil, and the session has ended, when it was not the newest one.
  static func refresh(
    _ session: ID<Session>, from old: [UInt8], to new: [UInt8], _ db: Connection
  ) throws(PostgresError) -> Person? {
    try db.one(
      """
      select account_id, username, email, role, organization_id
      from refresh_session(\(session), \(old), \(new))
      """
    ) { row throws(PostgresError) -> Person? in
      guard let account = try row.next(ID<Account>?.self) else { return nil }
      return try person(account, &row)
    }
  }

  private static func person(
    _ account: ID<Account>, _ row: inout Row
  ) throws(PostgresError) -> Person {
    try Person(
      user: Accounts.User(
        id: account, username: row.next(), email: row.next(), role: row.next()),
      organization: row.next())
  }

  /// Stores the same password under stronger parameters.
  static func rehash(
    _ account: ID<Account>, from old: String, to new: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run("select rehash_password(\(account), \(old), \(new))")
  }

  /// Forgets what says nothing any more of failures and limits.
  static func sweep(_ db: Connection) throws(PostgresError) {
    try db.run("select throttle_sweep()")
  }
}
