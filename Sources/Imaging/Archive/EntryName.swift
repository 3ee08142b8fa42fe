/// Cuts a path found in an archive down to what one packet can carry.
///
/// Neither a path nor fit to be shown: whoever shows a name cleans it by the rule for all names.
package enum EntryName {
  /// The most bytes of a name.
  package static let limit = 1024

  /// The end of the last component, in whole scalars, without control characters, never empty.
  package static func cleaned(_ path: String) -> String {
    // Scalars: a combining mark behind a slash must not hide it.
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
