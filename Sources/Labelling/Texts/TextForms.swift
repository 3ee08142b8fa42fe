/// The differences between texts that do not count.
///
/// Spaces at the ends and repeated spaces never count. The caller has brought the text into the
/// Unicode normal form NFKC.
package struct TextForms: OptionSet, Sendable {
  /// The bits of the set.
  package let rawValue: Int

  /// Makes a set of forms.
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Upper and lower case are the same.
  package static let `case` = TextForms(rawValue: 1)
  /// Arabic and Persian yeh and kaf are the same; vowel marks, tatweel and joiners do not count.
  package static let letters = TextForms(rawValue: 2)
  /// Digits of all scripts are the same.
  package static let digits = TextForms(rawValue: 4)

  /// The names of the forms.
  package static let names: KeyValuePairs<String, TextForms> = [
    "case": .case, "letters": .letters, "digits": .digits,
  ]

  /// Makes a set from names; unknown ones are left out.
  package init(_ names: [String]) {
    self = TextForms.names.reduce(into: []) { set, form in
      if names.contains(form.key) { set.insert(form.value) }
    }
  }

  /// Returns the text as it is compared.
  package func fold(_ text: String) -> String {
    let cased = contains(.case) ? text.lowercased() : text
    var folded = String.UnicodeScalarView()
    var isBetween = false
    for scalar in cased.unicodeScalars {
      guard !scalar.properties.isWhitespace else {
        isBetween = !folded.isEmpty
        continue
      }
      guard let scalar = fold(scalar) else { continue }
      if isBetween { folded.append(" ") }
      isBetween = false
      folded.append(scalar)
    }
    return String(folded)
  }

  private func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    if contains(.letters) {
      switch scalar {
      case "\u{064A}", "\u{0649}": return "\u{06CC}"
      case "\u{0643}": return "\u{06A9}"
      case "\u{0640}", "\u{200C}", "\u{200D}", "\u{064B}"..."\u{0652}": return nil
      default: break
      }
    }
    if contains(.digits), scalar.properties.numericType == .decimal,
      let value = scalar.properties.numericValue
    {
      return Unicode.Scalar(UInt8(ascii: "0") + UInt8(value))
    }
    return scalar
  }
}
