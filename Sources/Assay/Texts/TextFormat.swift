internal import HTTP

/// How a file holds its texts.
enum TextFormat: Equatable {
  /// A text a line, or one text.
  case plain
  /// A header row, then a text a row; between fields usually this.
  case table(usual: Separator)
  /// One JSON array of strings or objects.
  case array
  /// A JSON string or object a line.
  case records

  /// The format that the ending of a file's name tells; nil when it tells none.
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

  /// Whether a file may begin like this: text holds no control characters but those of layout.
  static func isText(_ head: [UInt8]) -> Bool {
    head.allSatisfy { $0 >= 0x20 || (0x09...0x0D).contains($0) || $0 == 0x1B }
  }
}

/// What an upload's form says of the texts in it.
struct TextOptions {
  /// What of a plain text file is one item.
  enum Unit: String, CaseIterable {
    case lines, file
  }

  var unit = Unit.lines
  /// The column that holds the texts of a table.
  var column: String?
  /// The member that holds the text of a JSON object.
  var key: String?
  /// The separator between the fields of a table; nil to find it out.
  var separator: Separator?
  /// Whether quotes enclose the fields of a table, or are ordinary characters.
  var hasQuotes = true

  /// The words of the field that says whether quotes enclose.
  enum Quotes: String, CaseIterable {
    case double, none
  }

  /// Nothing said.
  static let plain = TextOptions()

  private init() {}

  /// Reads the fields of a form or an address.
  /// - Throws: 422 for a word that is none of ours.
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

/// What texts may measure.
enum TextLimits {
  /// The most bytes of one text.
  static let text = 1 << 20
  /// The most bytes of the row or record that it stands in.
  static let record = 2 << 20
  /// So many faults of one file are told one by one.
  static let faults = 20
}
