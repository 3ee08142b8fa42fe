internal import Cryptography
internal import Postgres
internal import Vocabulary

/// Every SQL statement about the verification of e-mail addresses.
enum AddressQueries {
  /// Requests the verification letter for an account's address.
  ///
  /// It returns the seconds to wait when too many were requested, and nil when there is nothing to
  /// verify.
  static func askLetter(
    for account: ID<Account>, origin: String, _ db: Connection
  ) throws(PostgresError) -> Double? {
    try db.one("select ask_verification(\(ID<LetterOrder>.new()), \(account), \(origin))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Requests a letter to the verified address of an account whose address is about to change.
  ///
  /// It returns true when the new address is a different one.
  static func noteNew(
    _ email: String, of account: ID<Account>, origin: String?, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one(
      "select note_new_address(\(ID<LetterOrder>.new()), \(account), \(email), \(origin))"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Returns an account's address and whether it is verified, or nil without an address.
  static func address(
    of account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> (text: String, isVerified: Bool)? {
    try db.first(
      """
      select email, email_verified_at is not null from account
      where account_id = \(account) and email is not null
      """
    ) { row throws(PostgresError) in (try row.next(), try row.next()) }
  }

  /// The result of using a verification link.
  enum Proof {
    case invalid
    /// Another account has verified the address.
    case taken
    /// The accounts that claimed the address without verification, and have lost it.
    case proved(losers: [ID<Account>])
  }

  /// Uses a verification link, which works once.
  static func verify(_ tokenHash: Digest, _ db: Connection) throws(PostgresError) -> Proof {
    try db.one("select is_valid, losers from use_verification(\(tokenHash))") {
      row throws(PostgresError) -> Proof in
      let (isValid, losers) = (try row.next(Bool.self), try row.next([UUIDBytes]?.self))
      guard isValid else { return .invalid }
      return losers.map { .proved(losers: $0.map(ID.init)) } ?? .taken
    }
  }

  /// The reason why a verification link has no effect.
  enum LinkState: String, PostgresDecodable {
    /// The link verifies another account's address.
    case foreign
    /// The address is verified already.
    case verified
    case expired
  }

  /// Returns the reason why a verification link has no effect; nil for an unknown link.
  static func state(
    ofLink tokenHash: Digest, _ db: Connection
  ) throws(PostgresError) -> LinkState? {
    try db.one("select verification_state(\(tokenHash))") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// Marks the address of a reset letter as verified; returns the accounts that have lost it.
  static func proveByReset(
    _ tokenHash: Digest, _ db: Connection
  ) throws(PostgresError) -> [ID<Account>] {
    try losers("select prove_reset_address(\(tokenHash))", db)
  }

  /// Marks the address of an invitation as verified; returns the accounts that have lost it.
  static func proveByInvitation(
    _ tokenHash: Digest, _ db: Connection
  ) throws(PostgresError) -> [ID<Account>] {
    try losers("select prove_invited_address(\(tokenHash))", db)
  }

  /// Sets an account's address from its issuer; returns the accounts that have lost it.
  static func settle(
    _ email: String, isVerified: Bool, of subject: String, at issuer: String, _ db: Connection
  ) throws(PostgresError) -> [ID<Account>] {
    try losers(
      "select settle_identity_address(\(issuer), \(subject), \(email), \(isVerified))", db)
  }

  /// Marks an account's address as verified, over the owner's connection.
  ///
  /// It returns nil when the account has no address, or another account has verified it.
  static func prove(
    _ account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> [ID<Account>]? {
    try db.one("select prove_address(\(account))") { row throws(PostgresError) in
      try row.next([UUIDBytes]?.self)?.map(ID.init)
    }
  }

  private static func losers(
    _ statement: SQL, _ db: Connection
  ) throws(PostgresError) -> [ID<Account>] {
    try db.one(statement) { row throws(PostgresError) in
      (try row.next([UUIDBytes]?.self) ?? []).map(ID.init)
    }
  }
}
