/// Reads the texts of a table: a header, then one text per row; invalid rows are reported.
final class TableReader {
  private let options: TextOptions
  private let usual: Separator
  /// The first bytes, kept until the separator is known.
  private var sample: [UInt8] = []
  private var isOpen = false
  private var separator = Separator.comma
  private var rows = RowSplitter(limit: TextLimits.record)
  private var number = 0
  private var column: TextColumn?
  private var width = 0
  /// Whether the rest of the table is ignored.
  private var isOver = false

  /// The number of bytes from which the separator is detected.
  private static let sampleSize = 64 << 10

  /// Makes a reader.
  /// - Parameter usual: the usual separator for the file's extension.
  init(_ options: TextOptions, usual: Separator) {
    self.options = options
    self.usual = usual
  }

  /// Reads the next bytes of the file.
  func feed(_ bytes: UnsafeRawBufferPointer, _ handle: (TextReader.Event) throws -> Void) throws {
    guard isOpen else {
      sample += bytes
      if sample.count >= Self.sampleSize { try open(isWhole: false, handle) }
      return
    }
    try rows.feed(bytes) { try take($0, handle) }
  }

  /// Ends the file.
  func finish(_ handle: (TextReader.Event) throws -> Void) throws {
    if !isOpen { try open(isWhole: true, handle) }
    try rows.finish { try take($0, handle) }
  }

  private func open(isWhole: Bool, _ handle: (TextReader.Event) throws -> Void) throws {
    let named = SeparatorLine(sample)
    let table = Array(sample.dropFirst(named?.length ?? 0))
    sample = []
    isOpen = true
    if let named, named.separator == nil, options.separator == nil {
      isOver = true
      return try handle(
        .refused("Line 1 names an unknown separator: use comma, semicolon, tab or pipe."))
    }
    separator =
      options.separator ?? named?.separator
      ?? Separator.guess(
        table, isWhole: isWhole, usual: usual, hasQuotes: options.hasQuotes,
        column: options.column ?? "text")
    // The line that names the separator counts as a row, so that row numbers match line numbers.
    number = named == nil ? 0 : 1
    rows = RowSplitter(
      separator: separator.byte, hasQuotes: options.hasQuotes, limit: TextLimits.record,
      line: number + 1)
    try table.withUnsafeBytes { bytes in try rows.feed(bytes) { try take($0, handle) } }
  }

  private func take(
    _ event: RowSplitter.Event, _ handle: (TextReader.Event) throws -> Void
  ) throws {
    if isOver { return }
    number += 1
    switch event {
    case .stopped(let line):
      try handle(
        .refused("The file is not read from line \(line) on: too many quotes are not closed."))
    case .fault(let fault, let line):
      try handle(.refused("\(place(line...line)) \(Self.words(fault))."))
      // Without a header no row can be read.
      isOver = column == nil
    case .row(let row, _) where row.count == 1 && row[0].allSatisfy(TextReader.isSpace): break
    case .row(let row, let lines):
      guard let column else { return try takeHeader(row, handle) }
      guard row.count == width else {
        return try handle(.refused("\(place(lines)) \(misfit(row.count))."))
      }
      try TextReader.offer(column.field(of: row), number, place(lines), handle)
    }
  }

  private func takeHeader(
    _ row: [[UInt8]], _ handle: (TextReader.Event) throws -> Void
  ) throws {
    let found = TextColumn(options.column, in: row)
    (column, width) = (found, row.count)
    if let found, !found.isNamedTwice { return }
    isOver = true
    try handle(
      .refused(
        found.map { "The header names the column \($0.name) twice." }
          ?? TextColumn.missing(options.column, in: row)))
  }

  /// Returns `Row 3`, with line numbers where they differ from the row's number.
  private func place(_ lines: ClosedRange<Int>) -> String {
    if lines.count > 1 { return "Row \(number) (lines \(lines.lowerBound) to \(lines.upperBound))" }
    return lines.lowerBound == number
      ? "Row \(number)" : "Row \(number) (line \(lines.lowerBound))"
  }

  private func misfit(_ count: Int) -> String {
    let fields = count == 1 ? "1 field" : "\(count) fields"
    let sentence = "has \(fields), but the header has \(width), separated by \(separator)"
    guard count > width else { return sentence }
    let hint = "put a text that contains a \(separator) in quotes"
    return sentence + "; " + (width == 1 ? "\(hint), or send separator=none" : hint)
  }

  private static func words(_ fault: RowSplitter.Fault) -> String {
    switch fault {
    case .tooLong: "is longer than \(TextLimits.record) bytes"
    case .unclosed: "opens a quote that is not closed; quotes=none reads quotes as text"
    case .textBehindQuote: "has text after a closing quote; quotes=none reads quotes as text"
    case .strayQuote: "contains a quote that may belong to the previous row"
    }
  }
}

/// The first line with which Excel is told the separator: `sep=;`.
private struct SeparatorLine {
  /// The separator; nil when it is not supported.
  let separator: Separator?
  /// The length in bytes, with the line's end.
  let length: Int

  /// Parses the line; nil when the table does not begin with one.
  init?(_ table: [UInt8]) {
    let line = table.prefix(8).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    let isQuoted = line.first == UInt8(ascii: "\"") && line.last == UInt8(ascii: "\"")
    let text = isQuoted ? line.dropFirst().dropLast() : line
    guard text.count == 5, let byte = text.last,
      String(decoding: text.dropLast(), as: UTF8.self).lowercased() == "sep="
    else { return nil }
    separator = Separator(byte: byte)
    let end = table.dropFirst(line.count).prefix(2)
    let ends = end.elementsEqual("\r\n".utf8) ? 2 : min(1, end.count)
    length = line.count + ends
  }
}
