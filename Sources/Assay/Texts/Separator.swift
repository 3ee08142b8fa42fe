/// The separator between the fields of a table.
enum Separator: String, CaseIterable {
  case comma, semicolon, tab, pipe
  /// No separator: a row is one field.
  case none

  /// Returns the separator with this name or character.
  init?(named word: String) {
    let byte = word.utf8.count == 1 ? word.utf8.first : nil
    guard let found = Self(rawValue: word.lowercased()) ?? byte.flatMap({ Self(byte: $0) }) else {
      return nil
    }
    self = found
  }

  /// Returns the separator for this byte.
  init?(byte: UInt8) {
    guard let found = Self.allCases.first(where: { $0.byte == byte }) else { return nil }
    self = found
  }

  /// The separator's byte; nil for none.
  var byte: UInt8? {
    switch self {
    case .comma: UInt8(ascii: ",")
    case .semicolon: UInt8(ascii: ";")
    case .tab: UInt8(ascii: "\t")
    case .pipe: UInt8(ascii: "|")
    case .none: nil
    }
  }

  /// Guesses the separator from a table's first rows.
  ///
  /// A separator that divides the header is preferred to the usual one for the file's extension,
  /// unless it divides no row and does not give the wanted column.
  /// - Parameters:
  ///   - sample: the table's first bytes.
  ///   - isWhole: whether the sample is the whole table.
  ///   - column: the name of the wanted column.
  static func guess(
    _ sample: [UInt8], isWhole: Bool, usual: Separator, hasQuotes: Bool, column: String
  ) -> Separator {
    let others = [comma, semicolon, tab, pipe].filter { $0 != usual }
    let outlines = ([usual] + others).map {
      Outline($0, of: sample, isWhole: isWhole, hasQuotes: hasQuotes, column: column)
    }
    var best = outlines[0]
    for other in outlines.dropFirst() where other.mayBe && other.isBetter(than: best) {
      best = other
    }
    return best.separator
  }

  /// A table's first rows, split with one separator.
  private struct Outline {
    let separator: Separator
    private var width = 0
    private var hasColumn = false
    private var rows = 0
    private var fitting = 0
    private var divided = 0

    private static let mostRows = 100

    init(
      _ separator: Separator, of sample: [UInt8], isWhole: Bool, hasQuotes: Bool, column: String
    ) {
      self.separator = separator
      var splitter = RowSplitter(
        separator: separator.byte, hasQuotes: hasQuotes, limit: TextLimits.record)
      var events: [RowSplitter.Event] = []
      sample.withUnsafeBytes { bytes in splitter.feed(bytes) { events.append($0) } }
      if isWhole { splitter.finish { events.append($0) } }
      for event in events.prefix(Self.mostRows) { note(event, column) }
    }

    private mutating func note(_ event: RowSplitter.Event, _ column: String) {
      guard case .row(let row, _) = event else {
        rows += 1
        return
      }
      if row.count == 1, row[0].allSatisfy(TextReader.isSpace) { return }
      guard width > 0 else {
        width = row.count
        hasColumn = TextColumn(column, in: row) != nil
        return
      }
      rows += 1
      if row.count == width { fitting += 1 }
      if row.count > 1 { divided += 1 }
    }

    /// Whether the separator divides the header, and gives the wanted column or divides a row.
    var mayBe: Bool { width > 1 && (hasColumn || rows == 0 || divided > 0) }

    func isBetter(than other: Outline) -> Bool {
      if hasColumn != other.hasColumn { return hasColumn }
      if (width > 1) != (other.width > 1) { return width > 1 }
      // Compares the share of rows that fit the header.
      return fitting * max(1, other.rows) > other.fitting * max(1, rows)
    }
  }
}
