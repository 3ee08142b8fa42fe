package import Postgres
package import Vocabulary

/// Every SQL statement about sessions.
package enum SessionQueries {
  /// Enters the scope of a valid session with the claims of its token; fails otherwise.
  static func admit(_ caller: Caller) -> SQL {
    let (account, role) = (caller.id, caller.role)
    if let session = caller.session {
      return """
        select admit(\(session), \(account), \(role)::account_role, \(caller.organization))
        """
    }
    return """
      select admit_account(\(account), \(role)::account_role, \(caller.organization))
      """
  }

  /// Clears the scope.
  static let leave: SQL = "select leave()"

  /// Checks that the database answers, and that it has the tables and rights of the service.
  package static func ping(_ db: Connection) throws(PostgresError) {
    try db.run("select from site_limits")
  }

  /// Records the time and the network address of a session's use, a few minutes apart.
  ///
  /// It waits for no lock: another transaction that has the row records a use as well, or ends it.
  static func noteUse(
    of session: ID<Session>, from address: String, _ db: Connection
  ) throws(PostgresError) {
    try db.run(
      """
      update session set last_used_at = now(), address = coalesce(nullif(\(address), ''), address)
      where session_id = (
        select session_id from session
        where session_id = \(session) and ended_at is null
          and coalesce(last_used_at, created_at)
            < now() - make_interval(secs => \(secondsBetweenNotes))
        for no key update skip locked)
      """)
  }

  /// The least time between two notes of a session's use, in seconds.
  static let secondsBetweenNotes = 300

  /// Ends a session; the next request with its token is refused.
  package static func end(_ session: ID<Session>, _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      update session set ended_at = now()
      where session_id = \(session) and ended_at is null
      """)
  }
}
