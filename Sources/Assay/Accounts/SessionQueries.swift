internal import Postgres

/// Every SQL statement about sessions.
enum SessionQueries {
  /// Looks a live session up and opens its scope on this connection.
  static func enter(_ session: ID<Session>, _ db: Connection) throws(PostgresError) -> Caller? {
    try db.one(
      """
      select account_id, username, email, role, organization_id from enter(\(session))
      """
    ) { row throws(PostgresError) -> Caller? in
      guard let account = try row.next(ID<Account>?.self) else { return nil }
      return try Caller(
        id: account, session: session, username: row.next(), email: row.next(), role: row.next(),
        organization: row.next())
    }
  }

  /// Takes the scope away.
  static func leave(_ db: Connection) throws(PostgresError) {
    try db.run("select leave()")
  }

  /// Records a sign-in.
  static func open(
    _ session: ID<Session>, of account: ID<Account>, refreshHash: [UInt8], until: Timestamp,
    _ db: Connection
  ) throws(PostgresError) {
    try db.run("select open_session(\(session), \(account), \(refreshHash), \(until))")
  }

  /// Ends a session; the next request with its token is refused.
  static func end(_ session: ID<Session>, _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      update session set ended_at = now()
      where session_id = \(session) and ended_at is null
      """)
  }
}
