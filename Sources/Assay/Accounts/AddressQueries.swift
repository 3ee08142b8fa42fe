internal import Cryptography
internal import Postgres

/// Every SQL statement that proves e-mail addresses.
enum AddressQueries {
  /// Asks for the letter that proves an account's address; the seconds to wait when there were too
  /// many, nil when there is nothing to prove.
  static func askLetter(
    for account: ID<Account>, origin: String, _ db: Connection
  ) throws(PostgresError) -> Double? {
    try db.one("select ask_verification(\(ID<LetterOrder>.new()), \(account), \(origin))") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Writes to the proved address of an account whose address is about to change; true when the new
  /// address is another one.
  static func noteNew(
    _ email: String, of account: ID<Account>, origin: String?, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.one(
      "select note_new_address(\(ID<LetterOrder>.new()), \(account), \(email), \(origin))"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// The address of an account and whether it is proved; nil without an address.
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

  /// The result of using a letter's link.
  enum Proof {
    case invalid
    /// Another account has proved the address.
    case taken
    /// The accounts that only claimed the address and have lost it.
    case proved(losers: [ID<Account>])
  }

  /// Uses a letter's link, which works once.
  static func verify(_ tokenHash: Digest, _ db: Connection) throws(PostgresError) -> Proof {
    try db.one("select is_valid, losers from use_verification(\(tokenHash))") {
      row throws(PostgresError) -> Proof in
      let (isValid, losers) = (try row.next(Bool.self), try row.next([UUIDBytes]?.self))
      guard isValid else { return .invalid }
      return losers.map { .proved(losers: $0.map(ID.init)) } ?? .taken
    }
  }

  /// Takes the address that a reset letter went to as proved; the accounts that have lost it.
  static func proveByReset(
    _ tokenHash: Digest, _ db: Connection
  ) throws(PostgresError) -> [ID<Account>] {
    try losers("select prove_reset_address(\(tokenHash))", db)
  }

  /// Takes the address that an invitation's letter went to as proved; the accounts that have lost it.
  static func proveByInvitation(
    _ tokenHash: Digest, _ db: Connection
  ) throws(PostgresError) -> [ID<Account>] {
    try losers("select prove_invited_address(\(tokenHash))", db)
  }

  /// Gives an account its issuer's address; the accounts that have lost it.
  static func settle(
    _ email: String, isVerified: Bool, of subject: String, at issuer: String, _ db: Connection
  ) throws(PostgresError) -> [ID<Account>] {
    try losers(
      "select settle_identity_address(\(issuer), \(subject), \(email), \(isVerified))", db)
  }

  /// Takes an account's address as proved, over the owner's connection; nil when the account has
  /// none, or another account has proved it.
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
