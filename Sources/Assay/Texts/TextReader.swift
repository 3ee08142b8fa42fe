internal import HTTP

/// Reads the texts out of a file that streams by; a bad one is named and stops no other.
final class TextReader {
  /// What the file holds next.
  enum Event {
    /// A text and its place in the file, from 1.
    case text([UInt8], number: Int)
    /// What is not taken: a sentence.
    case refused(String)
  }

  private let format: TextFormat
  private let options: TextOptions
  private var lines = LineSplitter(limit: TextLimits.record)
  private var rows: RowSplitter
  private var elements = ElementSplitter(limit: TextLimits.record)
  private var number = 0
  private var column: TextColumn?
  /// Whether the rest of the file says nothing any more.
  private var isOver = false

  init(_ format: TextFormat, _ options: TextOptions) {
    self.format = format
    self.options = options
    let delimiter = if case .table(let delimiter) = format { delimiter } else { UInt8(ascii: ",") }
    rows = RowSplitter(delimiter: delimiter, limit: TextLimits.record)
  }

  /// Takes the next bytes of the file.
  func feed(_ bytes: UnsafeRawBufferPointer, _ handle: (Event) throws -> Void) throws {
    switch format {
    case .plain, .records: try lines.feed(bytes) { try take($0, handle) }
    case .table: try rows.feed(bytes) { try take($0, handle) }
    case .array: try elements.feed(bytes) { try take($0, handle) }
    }
  }

  /// Ends the file.
  func finish(_ handle: (Event) throws -> Void) throws {
    switch format {
    case .plain, .records: try lines.finish { try take($0, handle) }
    case .table: try rows.finish { try take($0, handle) }
    case .array: try elements.finish { try take($0, handle) }
    }
  }

  private func take(_ event: LineSplitter.Event, _ handle: (Event) throws -> Void) throws {
    number += 1
    switch event {
    case .tooLong: try handle(.refused(tooLong("Line")))
    case .line(let line) where line.allSatisfy(Self.isSpace): break
    case .line(let line) where format == .plain: try offer(line, "Line", handle)
    case .line(let line): try takeJSON(line, "Line", handle)
    }
  }

  private func take(_ event: ElementSplitter.Event, _ handle: (Event) throws -> Void) throws {
    number += 1
    switch event {
    case .tooLong: try handle(.refused(tooLong("Element")))
    case .element(let element): try takeJSON(element, "Element", handle)
    case .malformed:
      let place = number > 1 ? "behind element \(number - 1)" : "at its beginning"
      try handle(.refused("The file is not one whole JSON array: it is malformed \(place)."))
    }
  }

  private func take(_ event: RowSplitter.Event, _ handle: (Event) throws -> Void) throws {
    if isOver { return }
    number += 1
    switch event {
    case .tooLong: try handle(.refused(tooLong("Row")))
    case .unclosed: try handle(.refused("Row \(number) ends inside quotes."))
    case .row(let row) where row.count == 1 && row[0].allSatisfy(Self.isSpace): break
    case .row(let row):
      guard let column else { return try takeHeader(row, handle) }
      guard let field = column.field(of: row) else {
        return try handle(.refused("Row \(number) has no column \(column.name)."))
      }
      try offer(field, "Row", handle)
    }
  }

  private func takeHeader(_ row: [[UInt8]], _ handle: (Event) throws -> Void) throws {
    column = TextColumn(options.column, in: row)
    guard column == nil else { return }
    isOver = true
    try handle(.refused(TextColumn.missing(options.column, in: row)))
  }

  private func takeJSON(
    _ bytes: [UInt8], _ noun: String, _ handle: (Event) throws -> Void
  ) throws {
    let key = options.key ?? "text"
    switch try? JSON(parsing: bytes) {
    case .string(let text): try offer(Array(text.utf8), noun, handle)
    case .object(let members):
      guard case .string(let text) = members[key] else {
        return try handle(.refused("\(noun) \(number) has no text with the key \"\(key)\"."))
      }
      try offer(Array(text.utf8), noun, handle)
    case nil: try handle(.refused("\(noun) \(number) is not valid JSON."))
    default: try handle(.refused("\(noun) \(number) is neither a string nor an object."))
    }
  }

  private func offer(_ text: [UInt8], _ noun: String, _ handle: (Event) throws -> Void) throws {
    if let fault = Self.fault(of: text) {
      try handle(.refused("\(noun) \(number) \(fault)."))
    } else {
      try handle(.text(text, number: number))
    }
  }

  /// What is wrong with a text, to continue a sentence; nil when nothing is.
  static func fault(of text: [UInt8]) -> String? {
    if text.allSatisfy(isSpace) { return "holds no text" }
    if text.count > TextLimits.text { return "is longer than \(TextLimits.text) bytes" }
    if text.contains(0) { return "holds a NUL character" }
    return String(validating: text, as: UTF8.self) == nil ? "is not valid UTF-8" : nil
  }

  private func tooLong(_ noun: String) -> String {
    "\(noun) \(number) is longer than \(TextLimits.record) bytes."
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
