/// Makes the names that clients give to files fit to show and store.
enum Filename {
  /// The most bytes of a name, as in most file systems.
  static let limit = 255

  /// Text without control characters, invalid UTF-8 replaced.
  static func text(_ bytes: some Collection<UInt8>) -> String {
    withoutControls(String(decoding: bytes, as: UTF8.self))
  }

  /// The last component of a path of any system, at most `limit` bytes; empty only when `raw` is.
  static func cleaned(_ raw: String) -> String {
    if raw.isEmpty { return "" }
    // Scalars: a combining mark behind a slash must not hide it.
    let scalars = withoutControls(raw).unicodeScalars
    let parts = scalars.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
    let name = parts.last.map(String.init) ?? ""
    return ["", ".", ".."].contains(name) ? "unnamed" : capped(name)
  }

  /// Undoes what browsers do to a quoted name: `%22`, `%0D` and `%0A`, nothing else.
  static func unescaped(_ value: [UInt8]) -> [UInt8] {
    guard value.contains(UInt8(ascii: "%")) else { return value }
    var result: [UInt8] = []
    var rest = value[...]
    while let byte = rest.first {
      if let escaped = escapes.first(where: { rest.prefix(3).elementsEqual($0.code.utf8) }) {
        result.append(escaped.byte)
        rest = rest.dropFirst(3)
      } else {
        result.append(byte)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private static let escapes: [(code: String, byte: UInt8)] = [
    ("%22", UInt8(ascii: "\"")), ("%0D", 13), ("%0A", 10), ("%0d", 13), ("%0a", 10),
  ]

  /// Decodes `UTF-8''na%C3%AFve.jpg` (RFC 8187); nil when malformed or of another character set.
  static func extended(_ value: [UInt8]) -> String? {
    let pieces = value.split(
      separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
    guard pieces.count == 3, let bytes = percentDecoded(pieces[2]) else { return nil }
    switch String(decoding: pieces[0], as: UTF8.self).lowercased() {
    case "utf-8": return String(decoding: bytes, as: UTF8.self)
    case "iso-8859-1":
      var text = String.UnicodeScalarView()
      text.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
      return String(text)
    default: return nil
    }
  }

  private static func percentDecoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(Path.hexDigit),
        let low = rest.popFirst().flatMap(Path.hexDigit)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func withoutControls(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var kept = String.UnicodeScalarView()
    kept.append(
      contentsOf: text.unicodeScalars.lazy.filter { $0.properties.generalCategory != .control })
    return String(kept)
  }

  private static func capped(_ name: String) -> String {
    guard name.utf8.count > limit else { return name }
    // A string's slice rounds its end down to a whole scalar.
    return String(name[..<name.utf8.index(name.startIndex, offsetBy: limit)])
  }
}
