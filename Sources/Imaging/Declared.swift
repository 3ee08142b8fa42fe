/// One statement found in an image's metadata; what it proves is judged elsewhere.
///
/// Fields: `png:<keyword>`, `exif:<Tag>`, `xmp:CreatorTool`, `digitalSourceType` (the last part of
/// the IPTC URI), `c2pa` (a manifest store is there, valid or not).
package struct Declared: Hashable, Sendable {
  /// The longest value kept, in bytes of UTF-8.
  package static let longestValue = 500
  static let longestField = 80

  /// Where it stands, at most 80 bytes.
  package let field: String
  /// What it says, at most `longestValue` bytes.
  package let value: String

  /// Clips both to whole characters and drops NUL, which PostgreSQL's text cannot hold.
  package init(field: String, value: String) {
    self.field = Self.clip(field, to: Self.longestField)
    self.value = Self.clip(value, to: Self.longestValue)
  }

  private static func clip(_ text: String, to limit: Int) -> String {
    var kept = String.UnicodeScalarView()
    var size = 0
    for scalar in text.unicodeScalars where scalar != "\0" {
      size += UTF8.width(scalar)
      if size > limit { break }
      kept.append(scalar)
    }
    return String(kept)
  }
}
