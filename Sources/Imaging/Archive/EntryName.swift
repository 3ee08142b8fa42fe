// The standard library normalizes, but has not settled on the name.
@_spi(_Unicode) internal import Swift

/// Makes a path found in an archive a name to show; it is never used as a path.
package enum EntryName {
  /// The most bytes of a name.
  package static let limit = 255

  /// The last component in NFC, without control characters, at most `limit` bytes, never empty.
  package static func cleaned(_ path: String) -> String {
    // Scalars: a combining mark behind a slash must not hide it.
    let parts = path.unicodeScalars.split(omittingEmptySubsequences: false) {
      $0 == "/" || $0 == "\\"
    }
    let last = parts.last.map { $0.filter { $0.properties.generalCategory != .control } }
    let name = composed(last.map { String(String.UnicodeScalarView($0)) } ?? "")
    return ["", ".", ".."].contains(name) ? "unnamed" : name
  }

  /// The beginning of the text in NFC, in whole scalars.
  private static func composed(_ text: String) -> String {
    var kept = String.UnicodeScalarView()
    var size = 0
    for scalar in text._nfc {
      size += UTF8.width(scalar)
      if size > limit { break }
      kept.append(scalar)
    }
    return String(kept)
  }
}
