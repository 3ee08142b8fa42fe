internal import Imaging
internal import Postgres

/// Tells whether an error is caused by one item, or by the database, the store or the decoder.
enum ItemFault {
  /// Classes of SQLSTATE about values: data exceptions, constraints, limits of a row.
  private static let classes: Set<Substring> = ["22", "23", "54"]

  /// Whether the error comes again each time that the same item is tried.
  static func isOne(_ error: any Error) -> Bool {
    switch error {
    case let error as PostgresError: isOne(error)
    case let error as StoreError: error.isGone
    case is DecodeFailure, is UnknownKind, is LeaseLost: false
    default: true
    }
  }

  private static func isOne(_ error: PostgresError) -> Bool {
    switch error {
    case .constraint, .unexpected: true
    case .refused(let sqlstate, _): classes.contains(sqlstate.prefix(2))
    case .unavailable, .timeout, .conflict: false
    }
  }
}
