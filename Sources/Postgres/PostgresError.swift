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

extension PostgresError {
  /// SQLSTATEs of a database that is not set up for this program: a role, the database, a schema, a
  /// table, a column, a function or a right is missing.
  private static let setup: Set<String> = [
    "28000", "28P01", "3D000", "3F000", "42P01", "42703", "42883", "42704", "42501",
  ]

  /// Whether the operator may end this error by setting up the database.
  ///
  /// A wrong statement has the same SQLSTATEs. `DatabaseCheck` tells whether something is missing.
  package var isSetupFault: Bool {
    if case .refused(let sqlstate, _) = self { Self.setup.contains(sqlstate) } else { false }
  }

  /// The sentence for the operator.
  package var sentence: String {
    switch self {
    case .unavailable(let message): "The database does not answer: \(message)"
    case .refused(_, let message) where isSetupFault:
      "The database is not set up for this version (\(message)): run `assay check`."
    case .timeout(let message), .conflict(let message), .constraint(_, _, let message),
      .refused(_, let message), .unexpected(let message):
      "The database has refused this: \(message)"
    }
  }
}
