internal import Postgres
internal import Vocabulary
internal import Web

/// Every SQL statement about the caller's own sessions.
enum OwnSessionQueries {
  private static let isOpen: SQL = "ended_at is null and expires_at > now()"

  /// Returns a page of the caller's open sessions, newest first.
  static func list(
    of caller: Caller, limit: Int, after: UUIDBytes? = nil, skipping: Int = 0, _ db: Connection
  ) throws(PostgresError) -> [Sessions.Row] {
    try db.all(
      """
      select session_id, device, address, created_at, coalesce(last_used_at, created_at),
        expires_at
      from session
      where account_id = \(caller.id) and session_id < \(after ?? .last) and \(isOpen)
      order by session_id desc
      limit \(limit) offset \(skipping)
      """
    ) { row throws(PostgresError) in
      let id = try row.next(ID<Session>.self)
      return try Sessions.Row(
        id: id, device: row.next(), address: row.next(), createdAt: row.next(),
        lastUsedAt: row.next(), expiresAt: row.next(), isCurrent: id == caller.session)
    }
  }

  /// Returns the number of an account's open sessions.
  static func count(of account: ID<Account>, _ db: Connection) throws(PostgresError) -> Int {
    try db.one("select count(*) from session where account_id = \(account) and \(isOpen)") {
      row throws(PostgresError) in try row.next()
    }
  }

  /// Whether a session of the caller is open.
  static func isOpen(_ session: ID<Session>, _ db: Connection) throws(PostgresError) -> Bool {
    try db.one(
      "select exists (select from session where session_id = \(session) and \(isOpen))"
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Ends a session; false when the account has no such open session.
  static func end(
    _ session: ID<Session>, of account: ID<Account>, _ db: Connection
  ) throws(PostgresError) -> Bool {
    try db.run(
      """
      update session set ended_at = now()
      where session_id = \(session) and account_id = \(account) and \(isOpen)
      """) == 1
  }

  /// Ends the account's sessions but the caller's, and returns their number.
  static func endOthers(of caller: Caller, _ db: Connection) throws(PostgresError) -> Int {
    try db.run(
      """
      update session set ended_at = now()
      where account_id = \(caller.id) and session_id is distinct from \(caller.session)
        and \(isOpen)
      """)
  }
}
