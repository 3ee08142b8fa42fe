// The standard library normalizes text, but only with an interface that may still change.
@_spi(_Unicode) internal import Swift

extension String {
  /// The text in Unicode normal form C, in which equal texts have equal bytes.
  ///
  /// All text from clients is normalized: by `Rule` in JSON, by `Path` in URLs. Secrets and stored
  /// customer data keep their bytes.
  package var normalized: String {
    if !utf8.contains(where: Self.mayNeedNormalizing) { return self }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: _nfc)
    return String(scalars)
  }

  /// Whether normalization may change a text with this UTF-8 byte.
  ///
  /// Only characters from U+0300 on can change; each of them has such a byte.
  package static func mayNeedNormalizing(_ byte: UInt8) -> Bool { byte >= 0xCC }
}

extension JSON {
  /// The string in normal form; other values unchanged, because their rules read their strings.
  var normalized: JSON {
    if case .string(let text) = self { .string(text.normalized) } else { self }
  }
}
