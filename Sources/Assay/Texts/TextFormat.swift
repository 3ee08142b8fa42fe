internal import HTTP

/// The format of a file with texts.
enum TextFormat: Equatable {
  /// One text per line, or one text per file.
  case plain
  /// A header row, then one text per row, with this usual separator.
  case table(usual: Separator)
  /// One JSON array of strings or objects.
  case array
  /// One JSON string or object per line.
  case records

  /// Returns the format for a file name's extension, or nil.
  init?(of filename: String) {
    guard let dot = filename.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    switch filename[dot...].lowercased() {
    case ".txt": self = .plain
    case ".csv": self = .table(usual: .comma)
    case ".tsv": self = .table(usual: .tab)
    case ".json": self = .array
    case ".jsonl", ".ndjson": self = .records
    default: return nil
    }
  }

  /// Whether these first bytes may be text, without control characters except those of layout.
  static func isText(_ head: [UInt8]) -> Bool {
    head.allSatisfy { $0 >= 0x20 || (0x09...0x0D).contains($0) || $0 == 0x1B }
  }
}

/// The options for texts in an upload's form.
struct TextOptions {
  /// The part of a plain text file that becomes one item.
  enum Unit: String, CaseIterable {
    case lines, file
  }

  var unit = Unit.lines
  /// The column with the texts of a table.
  var column: String?
  /// The member with the text of a JSON object.
  var key: String?
  /// The separator between the fields of a table; nil to detect it.
  var separator: Separator?
  /// Whether quotes enclose the fields of a table, or are ordinary characters.
  var hasQuotes = true

  /// The allowed values of the field `quotes`.
  enum Quotes: String, CaseIterable {
    case double, none
  }

  /// The default options.
  static let plain = TextOptions()

  private init() {}

  /// Reads the fields of a form or a query.
  /// - Throws: an invalid-input error for an unknown value.
  init(_ value: (String) -> String?) throws(Problem) {
    func given(_ name: String) -> String? { value(name).flatMap { $0.isEmpty ? nil : $0 } }
    column = given("text_column")
    key = given("text_key")
    if let word = given("text_as") {
      guard let unit = Unit(rawValue: word) else {
        throw .invalid([Violation("text_as", "must be lines or file")])
      }
      self.unit = unit
    }
    if let word = given("separator") {
      guard let separator = Separator(named: word) else {
        throw .invalid([Violation("separator", "must be comma, semicolon, tab, pipe or none")])
      }
      self.separator = separator
    }
    if let word = given("quotes") {
      guard let quotes = Quotes(rawValue: word) else {
        throw .invalid([Violation("quotes", "must be double or none")])
      }
      hasQuotes = quotes == .double
    }
  }
}

/// The limits for texts.
enum TextLimits {
  /// The maximum size of one text in bytes.
  static let text = 1 << 20
  /// The maximum size of a row or record in bytes.
  static let record = 2 << 20
  /// The maximum number of faults of a file that are reported one by one.
  static let faults = 20
}
