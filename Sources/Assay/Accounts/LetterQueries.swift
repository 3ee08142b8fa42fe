internal import Postgres

/// Every SQL statement about letters to write.
enum LetterQueries {
  /// A letter that somebody asked for.
  struct Order {
    let id: ID<LetterOrder>
    let kind: String
    let account: ID<Account>?
    /// The address it goes to; nil when it has lost its reason.
    let recipient: String?
    let name: String?
    let origin: String
    let attempts: Int
    let invitation: ID<Invitation>?
  }

  /// The next letter, for five minutes ours.
  static func take(_ db: Connection) throws(PostgresError) -> Order? {
    try db.one(
      """
      select letter_id, kind, account_id, recipient, name, origin, attempts, invitation_id
      from take_letter()
      """
    ) { row throws(PostgresError) -> Order? in
      guard let id = try row.next(ID<LetterOrder>?.self) else { return nil }
      return try Order(
        id: id, kind: row.next(), account: row.next(), recipient: row.next(), name: row.next(),
        origin: row.next(), attempts: row.next(), invitation: row.next())
    }
  }

  /// Takes a letter off the list: sent, or given up.
  static func drop(_ letter: ID<LetterOrder>, _ db: Connection) throws(PostgresError) {
    try db.run("select drop_letter(\(letter))")
  }
}
