internal import Cryptography
internal import Postgres

/// Every SQL statement about letters to write.
enum LetterQueries {
  /// A letter that somebody asked for.
  struct Order {
    let id: ID<LetterOrder>
    let kind: Kind
    let account: ID<Account>?
    /// The address it goes to; nil when it has lost its reason.
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
    /// Of a reset letter: the address is not verified; else: another account has verified it.
    let isDoubtful: Bool
  }

  /// The purpose of a letter.
  enum Kind: String, CaseIterable, PostgresDecodable {
    case reset = "password_reset"
    case invitation, verification
    /// Tells the old address that the account has another one.
    case addressChanged = "address_changed"
    /// Tells an address which accounts claim it.
    case severalClaims = "several_claims"
  }

  /// The next letter, for five minutes ours.
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

  /// Keeps the secret of a letter that proves an address; nil when there is nothing to prove.
  static func writeVerification(
    of account: ID<Account>, _ tokenHash: Digest, until: Timestamp, _ db: Connection
  ) throws(PostgresError) -> Claim? {
    try db.one(
      """
      select recipient, username, is_taken
      from write_verification(\(account), \(tokenHash), \(until))
      """, claim)
  }

  /// Keeps the secret of a reset letter; nil when the account has no address, or is shut out.
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

  /// The names of the accounts that claim an address.
  static func claimants(of address: String, _ db: Connection) throws(PostgresError) -> [String] {
    try db.one("select claiming_names(\(address))") { row throws(PostgresError) in
      try row.next()
    }
  }

  /// Takes a letter off the list: sent, or given up.
  static func drop(_ letter: ID<LetterOrder>, _ db: Connection) throws(PostgresError) {
    try db.run("select drop_letter(\(letter))")
  }
}
