/// Shortens a path in an archive so that it fits into one packet.
///
/// The result is not safe to display: clean it by the rule for all file names first.
package enum EntryName {
  /// The maximum length of a name in bytes.
  package static let limit = 1024

  /// The end of the last component, in whole scalars, without control characters, never empty.
  package static func cleaned(_ path: String) -> String {
    // By scalars, because a combining mark after a slash must not hide it.
    let parts = path.unicodeScalars.split(omittingEmptySubsequences: false) {
      $0 == "/" || $0 == "\\"
    }
    var kept: [Unicode.Scalar] = []
    var size = 0
    for scalar in (parts.last ?? .init()).reversed()
    where scalar.properties.generalCategory != .control {
      size += UTF8.width(scalar)
      if size > limit { break }
      kept.append(scalar)
    }
    let name = String(String.UnicodeScalarView(kept.reversed()))
    return ["", ".", ".."].contains(name) ? "unnamed" : name
  }
}
