// The standard library normalizes, but has not settled on the name.
@_spi(_Unicode) internal import Swift

extension String {
  /// The text in Unicode's normal form C, in which equal texts have equal bytes.
  ///
  /// Every text that a client gives passes through here: `Rule` does it for JSON, `Path` for
  /// addresses. Secrets keep their bytes, and so does what is stored as a customer's data.
  package var normalized: String {
    // No character before U+0300 changes, and none of theirs has a byte as high as this.
    if utf8.allSatisfy({ $0 < 0xCC }) { return self }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: _nfc)
    return String(scalars)
  }
}

extension JSON {
  /// A string in normal form; any other value as it is, since its rule reads its strings.
  var normalized: JSON {
    if case .string(let text) = self { .string(text.normalized) } else { self }
  }
}
