internal import Cryptography
internal import Postgres

/// Every SQL statement between a name with a password and a session.
enum SignInQueries {
  /// An account whose password a sign-in is compared with, or an unknown name.
  struct Candidate {
    /// Nil for an unknown name.
    let account: AccountRow?
    /// The throttle key that failures count against.
    let guess: String
    /// Seconds until the throttle allows another try; 0 when it allows this one.
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

  /// The account of a username, or up to two that claim an address, from one client's address.
  static func candidates(
    login: String, address: String, _ db: Connection
  ) throws(PostgresError) -> [Candidate] {
    try db.all(
      """
      select guess, wait, account_id, username, email, role, organization_id, is_active,
        password_hash
      from sign_in_candidates(\(login), \(address))
      """
    ) { row throws(PostgresError) -> Candidate in
      let (guess, wait) = (try row.next(String.self), try row.next(Double.self))
      guard let account = try row.next(ID<Account>?.self) else {
        return Candidate(account: nil, guess: guess, wait: wait)
      }
      let person = try person(account, &row)
      let found = try AccountRow(person: person, isActive: row.next(), passwordHash: row.next())
      return Candidate(account: found, guess: guess, wait: wait)
    }
  }

  /// Counts a failure; the seconds to wait when it was one too many.
  static func refused(
    guesses: [String], address: String, _ db: Connection
  ) throws(PostgresError) -> Double {
    try db.one("select sign_in_refused(\(guesses)::text[], \(address))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Opens a session; the seconds to wait when too many failures came in meanwhile, nil when the
  /// password that was compared has been changed.
  static func open(
    _ session: ID<Session>, of account: ID<Account>, passwordHash: String, refreshHash: Digest,
    until: Timestamp, address: String, _ db: Connection
  ) throws(PostgresError) -> Double? {
    try db.one(
      """
      select sign_in_opened(
        \(session), \(account), \(passwordHash), \(refreshHash), \(until), \(address))
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Notes the network from which a reset link has just been used.
  static func noteResetNetwork(
    of account: ID<Account>, address: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run("select note_reset_network(\(account), \(address))")
  }

  /// Replaces a refresh token; nil, and the session has ended, when it was not the newest one.
  static func refresh(
    _ session: ID<Session>, from old: Digest, to new: Digest, _ db: Connection
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
    try db.run("select address_sweep()")
  }
}
