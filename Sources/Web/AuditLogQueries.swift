package import Postgres

/// Every SQL statement that adds to the audit log.
package enum AuditLogQueries {
  /// Adds an entry; the last statement of a transaction, since the next entry waits for its commit.
  package static func record(_ event: AuditLog.Event, _ db: Connection) throws(PostgresError) {
    try db.run(entry(event))
  }

  /// Returns the statement that adds an entry.
  static func entry(_ event: AuditLog.Event) -> SQL {
    """
    select audit(
      \(event.action), \(event.account), \(event.actor), \(event.organization),
      \(event.object), nullif(\(event.address), ''), \(event.requestID),
      \(event.facts)::jsonb)
    """
  }

  /// Adds an entry of a refusal, or counts it.
  static func recordRefusal(_ event: AuditLog.Event, _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      select audit_refusal(
        \(event.account), \(event.organization), \(event.object),
        nullif(\(event.address), ''), \(event.requestID), \(event.facts)::jsonb)
      """)
  }
}
