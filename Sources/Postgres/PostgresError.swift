/// What can go wrong between a statement and its rows.
package enum PostgresError: Error, Hashable, Sendable {
  /// No connection, or it was lost: what was under way may or may not have happened.
  case unavailable(String)
  /// The statement ran, or waited for a lock, longer than it may.
  case timeout(String)
  /// Lost a race against another transaction (serialization failure, deadlock): worth repeating.
  case conflict(String)
  /// A constraint refused the row; a `not null` one is named `table_column_not_null`.
  case constraint(name: String, sqlstate: String, message: String)
  /// Any other error of the server.
  case refused(sqlstate: String, message: String)
  /// The rows are not what the code reads from them.
  case unexpected(String)
}
