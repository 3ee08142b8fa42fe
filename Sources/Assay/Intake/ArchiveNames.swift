internal import HTTP
internal import Imaging

/// The encoding of names in archives, as a client gives it.
enum ArchiveNames {
  /// The field with their encoding.
  static let field = "filename_encoding"
  /// The words that the field takes.
  static let schema = Schema.choice(NameEncoding.allCases.map(\.rawValue))

  /// The encoding in a form or an address; nil when there is none.
  /// - Throws: 422 with the list of all for another word.
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
  /// The encoding of the names in an archive.
  static var nameEncoding: Rule {
    Rule(ArchiveNames.schema) { json throws(Reason) in
      guard case .string(let word) = json, let encoding = NameEncoding(named: word) else {
        throw Reason(stringLiteral: ArchiveNames.mustBe)
      }
      return encoding
    }
  }
}
