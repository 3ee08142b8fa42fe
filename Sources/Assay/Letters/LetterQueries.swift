internal import Cryptography
internal import Postgres
internal import Vocabulary

/// Every SQL statement about letters.
enum LetterQueries {
  /// A requested letter.
  struct Order {
    let id: ID<LetterOrder>
    let kind: Kind
    let account: ID<Account>?
    /// The recipient's address; nil when the letter is no longer needed.
    let recipient: String?
    let name: String?
    let origin: String
    let attempts: Int
    let invitation: ID<Invitation>?
  }

  /// The account and address of a letter.
  struct Claim {
    let recipient: String
    let username: String
    /// Whether the claim is in doubt.
    ///
    /// For a reset letter: the address is not verified. For a verification letter: another account
    /// has verified it.
    let isDoubtful: Bool
  }

  /// The purpose of a letter.
  enum Kind: String, CaseIterable, PostgresDecodable {
    case reset = "password_reset"
    case invitation, verification
    /// Tells the old address that the account has a new one.
    case addressChanged = "address_changed"
    /// Tells an address which accounts claim it.
    case severalClaims = "several_claims"
    /// Tells the person who opened a request that a labeler gets no more of its tasks.
    case labelerBarred = "labeler_barred"
  }

  /// Takes the next letter for five minutes; nil when there is none.
  static func take(_ db: Connection) throws(PostgresError) -> Order? {
    try db.one(
      """
      select letter_id, kind, account_id, recipient, name, origin, attempts, invitation_id
      from take_letter(\(Kind.allCases.map(\.rawValue))::text[])
      """
    ) { row throws(PostgresError) -> Order? in
      guard let id = try row.next(ID<LetterOrder>?.self) else { return nil }
      return try Order(
        id: id, kind: row.next(), account: row.next(), recipient: row.next(), name: row.next(),
        origin: row.next(), attempts: row.next(), invitation: row.next())
    }
  }

  /// Stores the secret of a verification letter; nil when there is nothing to verify.
  static func writeVerification(
    of account: ID<Account>, _ tokenHash: Digest, until: Timestamp, _ db: Connection
  ) throws(PostgresError) -> Claim? {
    try db.one(
      """
      select recipient, username, is_taken
      from write_verification(\(account), \(tokenHash), \(until))
      """, claim)
  }

  /// Stores the secret of a reset letter; nil when the account has no address or is deactivated.
  static func writeReset(
    of account: ID<Account>, _ tokenHash: Digest, until: Timestamp, _ db: Connection
  ) throws(PostgresError) -> Claim? {
    try db.one(
      """
      select recipient, username, is_claim from write_reset(\(account), \(tokenHash), \(until))
      """, claim)
  }

  private static func claim(_ row: inout Row) throws(PostgresError) -> Claim? {
    guard let recipient = try row.next(String?.self) else { return nil }
    return try Claim(recipient: recipient, username: row.next(), isDoubtful: row.next())
  }

  /// Returns the names of the accounts that claim an address.
  static func claimants(of address: String, _ db: Connection) throws(PostgresError) -> [String] {
    try db.one("select claiming_names(\(address))") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// A labeler who gets no more tasks of a request.
  struct Barred {
    let title: String
    let username: String
    let correct: Int
    let answers: Int
  }

  /// Returns what a letter about a barred labeler says; nil when the bar was taken back.
  static func barred(
    _ letter: ID<LetterOrder>, _ db: Connection
  ) throws(PostgresError) -> Barred? {
    try db.first("select title, username, correct, answers from barred_labeler(\(letter))") {
      row throws(PostgresError) in
      try Barred(
        title: row.next(), username: row.next(), correct: row.next(), answers: row.next())
    }
  }

  /// Removes a letter that was sent or given up.
  static func drop(_ letter: ID<LetterOrder>, _ db: Connection) throws(PostgresError) {
    try db.run("select drop_letter(\(letter))")
  }
}
