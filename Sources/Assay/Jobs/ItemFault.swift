internal import Imaging
internal import Postgres

/// Tells whether an error is an item's own, or the database's, the store's or the decoder's.
enum ItemFault {
  /// Classes of SQLSTATE that speak of a value: data exceptions, constraints, limits of a row.
  private static let classes: Set<Substring> = ["22", "23", "54"]

  /// Whether the error comes again however often the same item is tried.
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
