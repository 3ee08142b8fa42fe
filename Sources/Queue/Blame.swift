internal import Postgres

/// The cause of an error, which decides what is retried.
package enum Blame: Sendable {
  /// One part, permanently: the error comes back on each attempt.
  case part
  /// One part, temporarily: for example a missing file, which may come back.
  case partForNow
  /// Either one part or its environment: for example a file that cannot be read.
  case partOrSurroundings
  /// The database or another program: all parts would fail.
  case surroundings

  /// Classes of SQLSTATE that depend on the values: data exceptions, constraints, limits of a row.
  private static let classes: Set<Substring> = ["22", "23", "54"]

  /// Classifies an error; an unknown error is attributed to one part.
  package init(_ error: any Error) {
    switch error {
    case let error as any BlamingError: self = error.blame
    case let error as PostgresError: self = Self.blame(error)
    case is LeaseLost: self = .surroundings
    default: self = .part
    }
  }

  /// Whether other parts would succeed.
  var isPart: Bool {
    switch self {
    case .part, .partForNow: true
    case .partOrSurroundings, .surroundings: false
    }
  }

  private static func blame(_ error: PostgresError) -> Blame {
    switch error {
    case .constraint, .unexpected: .part
    case .refused(let sqlstate, _): classes.contains(sqlstate.prefix(2)) ? .part : .surroundings
    case .unavailable, .timeout, .conflict: .surroundings
    }
  }
}

/// An error that knows its cause.
package protocol BlamingError: Error {
  /// The cause.
  var blame: Blame { get }
}
