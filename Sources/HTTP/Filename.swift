/// The single rule for file names from clients: text to show and store, never a path.
///
/// Names from multipart forms, announcements, archives and imports all pass through `cleaned`.
package enum Filename {
  /// The maximum length of a name in bytes, as in most file systems.
  package static let limit = 255
  /// The name for files without a usable name.
  package static let unnamed = "unnamed"
  /// The maximum length in bytes of an extension to keep when a name is shortened.
  private static let endingLimit = 16

  /// Returns the last component of a path of any system, in NFC, at most `limit` bytes.
  ///
  /// The result is empty only when `raw` is empty.
  package static func cleaned(_ raw: String) -> String {
    if raw.isEmpty { return "" }
    // Splits scalars, because in a character a combining mark would hide the slash before it.
    let scalars = harmless(raw).unicodeScalars
    let parts = scalars.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
    let name = (parts.last.map { String(Substring($0)) } ?? "").normalized
    let isBlank = name.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    return isBlank || name == "." || name == ".." ? unnamed : capped(name)
  }

  /// Returns text without control characters; invalid UTF-8 is replaced.
  static func text(_ bytes: some Collection<UInt8>) -> String {
    harmless(String(decoding: bytes, as: UTF8.self))
  }

  /// Removes control characters, line separators and marks that change the direction of text.
  ///
  /// Such marks show "exe.jpg" as "gpj.exe". Joiners stay, because scripts and emoji need them.
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
