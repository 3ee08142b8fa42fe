/// The reason why `assay migrate` failed; its description is a sentence for the operator.
package enum MigrationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The directory or a file cannot be read.
  case unreadable(path: String, reason: String)
  /// A file's name is not `NNNN_name.sql`.
  case misnamed(file: String)
  /// Two files have the same number.
  case duplicate(String, String)
  /// The numbers do not count up from 1.
  case gap(expected: Int, file: String)
  /// The file of an applied migration was edited.
  case changed(file: String)
  /// An applied migration has no file.
  case missing(number: Int, name: String)
  /// A migration was skipped, but a later one was applied.
  case skipped(file: String)
  /// The file `edition` does not begin with a number.
  case noEdition(path: String)
  /// The function files do not match their edition.
  case mixedFolder(path: String)
  /// The server refused a migration or a function; it was rolled back.
  case failed(file: String, cause: PostgresError)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason): "Cannot read \(path): \(reason)."
    case .misnamed(let file): "\(file) is not named like 0001_what_it_does.sql."
    case .duplicate(let one, let other): "\(one) and \(other) have the same number."
    case .gap(let expected, let file): "Migration \(expected) is missing before \(file)."
    case .changed(let file): "\(file) was edited after it was applied: write a new migration."
    case .missing(let number, let name):
      "Migration \(number) (\(name)) was applied to this database, but its file is missing."
    case .skipped(let file): "\(file) was not applied to this database, but a later one was."
    case .noEdition(let path): "\(path) does not begin with a number: copy the whole folder again."
    case .mixedFolder(let path):
      "\(path) differs from its release: remove it and copy the whole folder again. "
        + "After a change of a function run `make golden`."
    case .failed(let file, let cause): "\(file) was not applied: \(cause)."
    }
  }
}
