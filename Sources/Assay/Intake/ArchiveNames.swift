internal import HTTP
internal import Imaging

/// The encoding of names in archives, as specified by a client.
enum ArchiveNames {
  /// The name of the field.
  static let field = "filename_encoding"
  /// The allowed values of the field.
  static let schema = Schema.choice(NameEncoding.allCases.map(\.rawValue))

  /// Returns the encoding in a form or query, or nil when absent.
  /// - Throws: an invalid-input error with the list of allowed values.
  static func encoding(_ value: (String) -> String?) throws(Problem) -> NameEncoding? {
    guard let word = value(field), !word.isEmpty else { return nil }
    guard let encoding = NameEncoding(named: word) else {
      throw .invalid([Violation(field, mustBe)])
    }
    return encoding
  }

  fileprivate static let mustBe =
    "must be one of " + NameEncoding.allCases.map(\.rawValue).joined(separator: ", ")
}

extension Rule where Value == NameEncoding {
  /// A rule for the encoding of the names in an archive.
  static var nameEncoding: Rule {
    Rule(ArchiveNames.schema) { json throws(Reason) in
      guard case .string(let word) = json, let encoding = NameEncoding(named: word) else {
        throw Reason(stringLiteral: ArchiveNames.mustBe)
      }
      return encoding
    }
  }
}
