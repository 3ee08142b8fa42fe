package import HTTP

/// The reason why a store must not be used.
package enum StoreAbsence: Error, Equatable, Sendable, CustomStringConvertible {
  /// It has no marker, but the database names a store.
  case notMounted
  /// Its marker differs from the one that the database names.
  case another
  /// It has no marker, and most files of the database are not in it.
  case filesMissing
  /// It has files, and the database lists none.
  case filesUnknown

  /// One sentence for the operator.
  package var description: String {
    switch self {
    case .notMounted:
      "The store has no file store.id: mount its disk, or run `assay store adopt` after a restore."
    case .another:
      "The store's file store.id differs from the one that the database names: "
        + "mount the right disk, or run `assay store adopt` after a restore."
    case .filesMissing:
      "Most files that the database lists are not in the store: "
        + "mount its disk, or run `assay store adopt` after a restore."
    case .filesUnknown:
      "The store has files, but the database lists none: "
        + "restore the database, or run `assay store adopt`."
    }
  }

  /// The answer to requests; it contains no paths.
  package var problem: Problem {
    Problem(
      503, "The store of the pictures is not there: the operator must mount its disk.",
      headers: [("Retry-After", "10")])
  }
}
