internal import HTTP

/// Reads the texts of a file as it streams; a bad text is reported and does not stop the others.
final class TextReader {
  /// The next event in the file.
  enum Event {
    /// A text and its number in the file, from 1.
    case text([UInt8], number: Int)
    /// A sentence about a text that is refused.
    case refused(String)
  }

  private let format: TextFormat
  private let options: TextOptions
  private var lines = LineSplitter(limit: TextLimits.record)
  private let table: TableReader
  private var elements = ElementSplitter(limit: TextLimits.record)
  private var number = 0
  /// Whether the rest of the file is ignored.
  private var isOver = false

  init(_ format: TextFormat, _ options: TextOptions) {
    self.format = format
    self.options = options
    let usual = if case .table(let usual) = format { usual } else { Separator.comma }
    table = TableReader(options, usual: usual)
  }

  /// Reads the next bytes of the file.
  func feed(_ bytes: UnsafeRawBufferPointer, _ handle: (Event) throws -> Void) throws {
    switch format {
    case .plain, .records: try lines.feed(bytes) { try take($0, handle) }
    case .table: try table.feed(bytes, handle)
    case .array: try elements.feed(bytes) { try take($0, handle) }
    }
  }

  /// Ends the file.
  func finish(_ handle: (Event) throws -> Void) throws {
    switch format {
    case .plain, .records: try lines.finish { try take($0, handle) }
    case .table: try table.finish(handle)
    case .array: try elements.finish { try take($0, handle) }
    }
  }

  private func take(_ event: LineSplitter.Event, _ handle: (Event) throws -> Void) throws {
    if isOver { return }
    number += 1
    let place = "Line \(number)"
    switch event {
    case .tooLong: try handle(.refused(Self.tooLong(place)))
    case .line(let line) where line.allSatisfy(Self.isSpace): break
    case .line(let line) where format == .plain: try Self.offer(line, number, place, handle)
    case .line(let line) where line.filter({ !Self.isSpace($0) }) == [UInt8(ascii: "[")]:
      isOver = true
      try handle(.refused("\(place) begins a JSON array: give the file a name with .json."))
    case .line(let line): try takeJSON(line, place, at: .init(line: number, column: 1), handle)
    }
  }

  private func take(_ event: ElementSplitter.Event, _ handle: (Event) throws -> Void) throws {
    number += 1
    func place(_ at: ElementSplitter.Place) -> String {
      at.line == 1 ? "Element \(number)" : "Element \(number) (line \(at.line))"
    }
    switch event {
    case .tooLong(let at): try handle(.refused(Self.tooLong(place(at))))
    case .element(let element, let at): try takeJSON(element, place(at), at: at, handle)
    case .malformed(let fault, let at):
      let place = number > 1 ? "after element \(number - 1)" : "at its beginning"
      let words = "\(Self.words(fault)) (line \(at.line))"
      try handle(.refused("The JSON array is malformed \(place): \(words)."))
    }
  }

  private static func words(_ fault: ElementSplitter.Fault) -> String {
    switch fault {
    case .notArray(nil): "it is empty"
    case .notArray(let byte?) where byte == UInt8(ascii: "{") || byte == UInt8(ascii: "\""):
      "it begins with \(Character(Unicode.Scalar(byte))), not [; "
        + "a file with one JSON value per line needs a name with .jsonl"
    case .notArray(let byte?):
      (0x21..<0x7F).contains(byte)
        ? "it begins with \(Character(Unicode.Scalar(byte))), not [" : "it does not begin with ["
    case .extraComma: "it has an extra comma"
    case .textBehindEnd: "there is text after its end"
    case .unclosed: "it is not closed"
    }
  }

  private func takeJSON(
    _ bytes: [UInt8], _ place: String, at start: ElementSplitter.Place,
    _ handle: (Event) throws -> Void
  ) throws {
    let key = options.key ?? "text"
    let value: JSON
    do throws(JSONFault) {
      value = try JSON(reading: bytes)
    } catch {
      return try handle(.refused("\(place) is not valid JSON\(Self.words(error, start))."))
    }
    switch value {
    case .string(let text): try Self.offer(Array(text.utf8), number, place, handle)
    case .object(let members):
      guard case .string(let text) = members[key] else {
        return try handle(.refused("\(place) has no text with the key \"\(key)\"."))
      }
      try Self.offer(Array(text.utf8), number, place, handle)
    case .array where format == .records:
      let hint = "a file with one JSON array needs a name with .json"
      try handle(.refused("\(place) is neither a string nor an object; \(hint)."))
    default: try handle(.refused("\(place) is neither a string nor an object."))
    }
  }

  /// Returns the reason of a fault and its position in the file.
  private static func words(_ fault: JSONFault, _ start: ElementSplitter.Place) -> String {
    let reason = fault.reason.map { ": \($0)" } ?? ""
    guard fault.line > 0 else { return reason }
    let line = start.line + fault.line - 1
    let column = fault.line == 1 ? start.column + fault.column - 1 : fault.column
    return "\(reason) (line \(line), column \(max(1, column)))"
  }

  /// Passes on a text, or the reason why it is refused.
  static func offer(
    _ text: [UInt8], _ number: Int, _ place: String, _ handle: (Event) throws -> Void
  ) throws {
    if let fault = fault(of: text) {
      try handle(.refused("\(place) \(fault)."))
    } else {
      try handle(.text(text, number: number))
    }
  }

  /// Returns the fault of a text, as a continuation of a sentence, or nil.
  static func fault(of text: [UInt8]) -> String? {
    if text.allSatisfy(isSpace) { return "contains no text" }
    if text.count > TextLimits.text { return "is longer than \(TextLimits.text) bytes" }
    if text.contains(0) { return "contains a NUL character" }
    return String(validating: text, as: UTF8.self) == nil ? "is not valid UTF-8" : nil
  }

  private static func tooLong(_ place: String) -> String {
    "\(place) is longer than \(TextLimits.record) bytes."
  }

  /// Whether a byte is white space.
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
