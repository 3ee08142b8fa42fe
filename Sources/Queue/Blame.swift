internal import Postgres

/// What caused an error, which decides what is tried again.
package enum Blame: Sendable {
  /// One part: the error comes again each time that the part is tried.
  case part
  /// One part, for now: a file that is missing may come back.
  case partForNow
  /// One part or its surroundings, which cannot be told apart: a file that cannot be read.
  case partOrSurroundings
  /// The database or another program: all parts would fail.
  case surroundings

  /// Classes of SQLSTATE about values: data exceptions, constraints, limits of a row.
  private static let classes: Set<Substring> = ["22", "23", "54"]

  /// Judges an error; errors that do not say are of one part.
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

/// An error that says what caused it.
package protocol BlamingError: Error {
  /// The cause.
  var blame: Blame { get }
}
