// The standard library normalizes, but only under a name that may still change.
@_spi(_Unicode) internal import Swift

extension String {
  /// The text in Unicode's normal form C, in which equal texts have equal bytes.
  ///
  /// Every text that a client gives passes through here: `Rule` does it for JSON, `Path` for
  /// addresses. Secrets keep their bytes, and so does what is stored as a customer's data.
  package var normalized: String {
    if !utf8.contains(where: Self.mayNeedNormalizing) { return self }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: _nfc)
    return String(scalars)
  }

  /// Whether a text with this byte of UTF-8 may change: characters from U+0300 on have a higher one
  /// than those before, none of which changes.
  package static func mayNeedNormalizing(_ byte: UInt8) -> Bool { byte >= 0xCC }
}

extension JSON {
  /// A string in normal form; any other value as it is, since its rule reads its strings.
  var normalized: JSON {
    if case .string(let text) = self { .string(text.normalized) } else { self }
  }
}
