/// Swift source split into code, string literals and comments.
///
/// All three keep the source's line breaks, so line numbers are the same everywhere.
struct SourceText {
  /// The source without its comments and without the contents of string literals.
  private(set) var code: [String] = []
  /// Only the comments.
  private(set) var comments: [String] = []
  /// Each string literal with the line it begins on; an interpolation in it reads as `?`.
  private(set) var literals: [(line: Int, text: String)] = []

  /// Splits a source; regular expression literals are not supported, because the project has none.
  init(_ source: [UInt8]) {
    var scanner = Scanner(source)
    scanner.scan()
    code = Self.lines(scanner.code)
    comments = Self.lines(scanner.comments)
    literals = scanner.literals.map { ($0.line, String(decoding: $0.text, as: UTF8.self)) }
  }

  init(_ source: String) { self.init(Array(source.utf8)) }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: .newline, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Reads the bytes of a source once.
private struct Scanner {
  var code: [UInt8] = []
  var comments: [UInt8] = []
  var literals: [(line: Int, text: [UInt8])] = []
  private let source: [UInt8]
  private var place = 0
  private var line = 1

  init(_ source: [UInt8]) { self.source = source }

  mutating func scan() { scanCode(untilClosed: false) }

  /// Reads code up to the end, or to the parenthesis that closes an interpolation.
  private mutating func scanCode(untilClosed: Bool) {
    var depth = 0
    while place < source.count {
      if starts("//") {
        scanLineComment()
      } else if starts("/*") {
        scanBlockComment()
      } else if let hashes = hashesBeforeQuote() {
        scanLiteral(hashes)
      } else {
        if source[place] == UInt8(ascii: "(") { depth += 1 }
        if source[place] == UInt8(ascii: ")") {
          depth -= 1
          if untilClosed && depth < 0 { return }
        }
        take(into: \.code)
      }
    }
  }

  private mutating func scanLineComment() {
    while place < source.count, source[place] != .newline { take(into: \.comments) }
  }

  private mutating func scanBlockComment() {
    var depth = 0
    repeat {
      if starts("/*") { depth += 1 }
      if starts("*/") { depth -= 1 }
      take(into: \.comments, count: starts("/*") || starts("*/") ? 2 : 1)
    } while place < source.count && depth > 0
  }

  private mutating func scanLiteral(_ hashes: Int) {
    let began = line
    take(into: \.code, count: hashes)
    let quotes = starts("\"\"\"") ? 3 : 1
    take(into: \.code, count: quotes)
    let end = [UInt8](repeating: .quote, count: quotes) + [UInt8](repeating: .hash, count: hashes)
    let escape = [UInt8.backslash] + [UInt8](repeating: .hash, count: hashes)
    var text: [UInt8] = []
    while place < source.count, !starts(end) {
      if starts(escape + [UInt8(ascii: "(")]) {
        text.append(UInt8(ascii: "?"))
        take(into: \.code, count: escape.count + 1)
        scanCode(untilClosed: true)
        take(into: \.code)
      } else {
        let width = starts(escape) ? escape.count + 1 : 1
        text += source[place..<min(place + width, source.count)]
        skip(width)
      }
    }
    take(into: \.code, count: end.count)
    literals.append((began, text))
  }

  /// The number of `#` before a quote that begins a literal here; nil when none begins.
  private func hashesBeforeQuote() -> Int? {
    guard source[place] == .quote || source[place] == .hash else { return nil }
    let hashes = source[place...].prefix { $0 == .hash }.count
    let quote = place + hashes
    return quote < source.count && source[quote] == .quote ? hashes : nil
  }

  private func starts(_ text: StaticString) -> Bool {
    guard place + text.utf8CodeUnitCount <= source.count else { return false }
    for index in 0..<text.utf8CodeUnitCount where source[place + index] != text.utf8Start[index] {
      return false
    }
    return true
  }

  private func starts(_ bytes: [UInt8]) -> Bool {
    guard source[place] == bytes[0] else { return false }
    return source[place...].starts(with: bytes)
  }

  private mutating func take(into text: WritableKeyPath<Scanner, [UInt8]>, count: Int = 1) {
    for _ in 0..<count where place < source.count {
      if source[place] != .newline { self[keyPath: text].append(source[place]) }
      skip(1)
    }
  }

  /// Skips bytes; a line break counts in code and comments alike.
  private mutating func skip(_ count: Int) {
    for _ in 0..<count where place < source.count {
      if source[place] == .newline {
        line += 1
        code.append(.newline)
        comments.append(.newline)
      }
      place += 1
    }
  }
}

extension UInt8 {
  fileprivate static let newline = UInt8(ascii: "\n")
  fileprivate static let quote = UInt8(ascii: "\"")
  fileprivate static let hash = UInt8(ascii: "#")
  fileprivate static let backslash = UInt8(ascii: "\\")
}
