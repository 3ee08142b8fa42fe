/// One statement in an image's metadata; it is judged elsewhere.
///
/// Fields: `png:<keyword>`, `gif:comment`, `exif:<Tag>`, `iptc:<Name>`, `xmp:<Property>`,
/// `digitalSourceType` (the last part of the IPTC URI). From a C2PA manifest: `c2pa` (`intact`,
/// `broken: …` or `unchecked: …`), `c2pa:claim_generator`, `c2pa:softwareAgent`,
/// `c2pa:digitalSourceType`, and `c2pa:part:digitalSourceType` for an edit or an ingredient.
package struct Declared: Hashable, Sendable {
  /// The maximum length of a value, in bytes of UTF-8.
  package static let longestValue = 500
  static let longestField = 80

  /// The field's name, at most 80 bytes.
  package let field: String
  /// The value, at most `longestValue` bytes: the beginning and the end of a longer text.
  package let value: String

  private static let gap = " … "

  /// Clips both to whole characters and drops NUL, which PostgreSQL's text cannot hold.
  package init(field: String, value: String) {
    self.field = Self.clip(field, to: Self.longestField)
    guard value.utf8.count > Self.longestValue else {
      self.value = Self.clip(value, to: Self.longestValue)
      return
    }
    // A prompt begins like any text, and ends with the name of the generator.
    let half = (Self.longestValue - Self.gap.utf8.count) / 2
    let end = Self.clip(String(String.UnicodeScalarView(value.unicodeScalars.reversed())), to: half)
    self.value =
      Self.clip(value, to: half) + Self.gap
      + String(String.UnicodeScalarView(end.unicodeScalars.reversed()))
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
