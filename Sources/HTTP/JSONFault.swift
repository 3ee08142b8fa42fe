internal import CJansson

/// The reason and position of a JSON syntax error.
package struct JSONFault: Error, Equatable {
  /// The line, from 1; 0 when the position is unknown.
  package let line: Int
  /// The column, from 1, in characters.
  package let column: Int
  /// The reason, as a continuation of a sentence; nil when only the position is known.
  package let reason: String?

  /// Makes a fault without a position.
  init(_ reason: String) { (line, column, self.reason) = (0, 0, reason) }

  /// Converts an error of jansson.
  init(_ error: inout json_error_t, in bytes: [UInt8]) {
    line = Int(error.line)
    column = Int(error.column)
    let place = max(0, min(Int(error.position), bytes.count))
    reason = Self.reason(
      json_error_code(&error), Self.text(error), bytes[..<place], bytes[place...])
  }

  private static func reason(
    _ code: json_error_code, _ text: String, _ before: ArraySlice<UInt8>,
    _ behind: ArraySlice<UInt8>
  ) -> String? {
    switch code {
    case json_error_duplicate_key: "the key \(token(in: text) ?? "of a member") appears twice"
    case json_error_invalid_utf8: "it is not UTF-8"
    case json_error_premature_end_of_input: "it ends too early"
    case json_error_end_of_input_expected: "there is text after its end"
    case json_error_invalid_syntax: syntax(text, before, behind)
    default: nil
    }
  }

  private static func syntax(
    _ text: String, _ before: ArraySlice<UInt8>, _ behind: ArraySlice<UInt8>
  ) -> String? {
    if text.hasPrefix("unexpected newline") || text.hasPrefix("control character") {
      return "a string contains a line end or another control character"
    }
    let word = String(decoding: before.suffix(9), as: UTF8.self)
    let next = String(decoding: behind.prefix(8), as: UTF8.self)
    if ["NaN", "nan", "Infinity"].contains(where: { word.hasSuffix($0) || next == $0 }) {
      return "JSON has no NaN or Infinity: write null"
    }
    let isBracket = before.last == UInt8(ascii: "]") || before.last == UInt8(ascii: "}")
    let last = before.dropLast().last { !isSpace($0) }
    if isBracket, last == UInt8(ascii: ",") { return "there is a comma before a closing bracket" }
    return before.last == UInt8(ascii: "'") ? "strings must be in double quotes" : nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  /// Returns the token at the end of jansson's message: `duplicate object key near '"text"'`.
  private static func token(in text: String) -> String? {
    guard let start = text.firstIndex(of: "'"), text.hasSuffix("'") else { return nil }
    let token = text[text.index(after: start)...].dropLast()
    return token.isEmpty ? nil : String(token)
  }

  private static func text(_ error: json_error_t) -> String {
    withUnsafeBytes(of: error.text) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
