/// An error of the connection, the server or the decoding of rows.
package enum PostgresError: Error, Hashable, Sendable {
  /// No connection, or it was lost: the current statement may or may not have taken effect.
  case unavailable(String)
  /// The statement ran, or waited for a lock, longer than its limit.
  case timeout(String)
  /// A serialization failure or deadlock: the transaction should be repeated.
  case conflict(String)
  /// A constraint was violated; a `not null` constraint is named `table_column_not_null`.
  case constraint(name: String, sqlstate: String, message: String)
  /// Any other error of the server.
  case refused(sqlstate: String, message: String)
  /// The rows do not have the columns or types that the code reads.
  case unexpected(String)
}
