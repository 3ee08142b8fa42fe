internal import Cryptography
internal import HTTP
internal import Postgres
internal import Vocabulary

/// Every SQL statement of sign-in and token refresh.
enum SignInQueries {
  /// An account that may match a sign-in, or an unknown name.
  struct Candidate {
    /// The account; nil for an unknown name.
    let account: AccountRow?
    /// The throttle key under which failures are counted.
    let guess: String
    /// Seconds until the throttle allows another attempt; 0 when it allows this one.
    let wait: Double
  }

  /// The person who signs in.
  struct Person {
    let user: Accounts.User
    let organization: ID<Organization>?
  }

  /// The columns of an account that sign-in needs.
  struct AccountRow {
    let person: Person
    let isActive: Bool
    let passwordHash: String
  }

  /// Returns the account of a username, or up to two accounts that claim an address.
  ///
  /// `address` is the client's network address.
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

  /// Counts a failure; returns the seconds to wait when there were too many.
  static func refused(
    guesses: [String], address: String, _ db: Connection
  ) throws(PostgresError) -> Double {
    try db.one("select sign_in_refused(\(guesses)::text[], \(address))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Opens a session and returns 0, or the seconds to wait when too many failures came meanwhile.
  ///
  /// It returns nil when the password that was compared has been changed.
  static func open(
    _ session: ID<Session>, of account: ID<Account>, passwordHash: String, refreshHash: Digest,
    until: Timestamp, address: String, device: String?, _ db: Connection
  ) throws(PostgresError) -> Double? {
    try db.one(
      """
      select sign_in_opened(
        \(session), \(account), \(passwordHash), \(refreshHash), \(until), \(address), \(device))
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Records the network from which a reset link was used.
  static func noteResetNetwork(
    of account: ID<Account>, address: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run("select note_reset_network(\(account), \(address))")
  }

  /// Replaces a refresh token by its successor, or repeats the successor; nil when it is refused.
  ///
  /// It ends the session of an issued token that is used again too late.
  static func refresh(
    _ session: ID<Session>, from old: Digest, to new: Digest, isIssued: Bool, _ request: Request,
    _ db: Connection
  ) throws(PostgresError) -> Person? {
    try db.one(
      """
      select account_id, username, email, role, organization_id
      from refresh_session(
        \(session), \(old), \(new), \(isIssued), nullif(\(request.remoteAddress), ''), \(request.id))
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

  /// Stores a stronger hash of the same password.
  static func rehash(
    _ account: ID<Account>, from old: String, to new: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run("select rehash_password(\(account), \(old), \(new))")
  }

  /// Deletes expired throttle counters and expired data about addresses.
  static func sweep(_ db: Connection) throws(PostgresError) {
    try db.run("select throttle_sweep()")
    try db.run("select address_sweep()")
  }
}
