/// The one rule for the names that clients give to files: text to show and store, never a path.
///
/// Multipart forms, announcements, archives and imports all pass through `cleaned`.
package enum Filename {
  /// The most bytes of a name, as in most file systems.
  package static let limit = 255
  /// What is called so has no name of its own.
  package static let unnamed = "unnamed"
  /// A longer ending, in bytes, is not one that people tell files by.
  private static let endingLimit = 16

  /// The last component of a path of any system, in NFC, at most `limit` bytes; empty only when
  /// `raw` is.
  package static func cleaned(_ raw: String) -> String {
    if raw.isEmpty { return "" }
    // Scalars: a combining mark behind a slash must not hide it.
    let scalars = harmless(raw).unicodeScalars
    let parts = scalars.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
    let name = (parts.last.map { String(Substring($0)) } ?? "").normalized
    let isBlank = name.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    return isBlank || name == "." || name == ".." ? unnamed : capped(name)
  }

  /// Text without control characters, invalid UTF-8 replaced.
  static func text(_ bytes: some Collection<UInt8>) -> String {
    harmless(String(decoding: bytes, as: UTF8.self))
  }

  /// Without what is no text, or makes text read as other than it is: control characters, line
  /// separators, and what turns the direction of writing ("gpj.exe" for "exe.jpg").
  ///
  /// Joiners stay: scripts and emoji are written with them.
  private static func harmless(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var kept = String.UnicodeScalarView()
    kept.append(contentsOf: text.unicodeScalars.lazy.filter { !isHarmful($0) })
    return String(kept)
  }

  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: return true
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }

  private static func capped(_ name: String) -> String {
    guard name.utf8.count > limit else { return name }
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else {
      return start(of: name, limit)
    }
    let ending = String(name[dot...])
    guard ending.utf8.count <= endingLimit else { return start(of: name, limit) }
    return start(of: name, limit - ending.utf8.count) + ending
  }

  private static func start(of name: String, _ count: Int) -> String {
    // A string's slice rounds its end down to a whole scalar.
    String(name[..<name.utf8.index(name.startIndex, offsetBy: count)])
  }
}
