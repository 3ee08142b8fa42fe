/// The differences between texts that do not count.
///
/// Spaces at the ends, repeated spaces and invisible marks, as for the direction of writing, never
/// count. The caller has brought the text into the Unicode normal form NFKC.
package struct TextForms: OptionSet, Sendable {
  /// The bits of the set.
  package let rawValue: Int

  /// Makes a set of forms.
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Upper and lower case are the same, also ß and ss, and both forms of a small sigma.
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
      guard !Self.isSpace(scalar) else {
        isBetween = !folded.isEmpty
        continue
      }
      let letters = fold(scalar)
      guard let first = letters.first else { continue }
      if isBetween { folded.append(" ") }
      isBetween = false
      folded.append(first)
      if let second = letters.second { folded.append(second) }
    }
    return String(folded)
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      ? scalar == " " || ("\t"..."\r").contains(scalar) : scalar.properties.isWhitespace
  }

  /// The letters that stand for a scalar: none, one or two.
  private typealias Letters = (first: Unicode.Scalar?, second: Unicode.Scalar?)

  private func fold(_ scalar: Unicode.Scalar) -> Letters {
    guard !scalar.isASCII else { return (scalar, nil) }
    if contains(.case) {
      if scalar == "ß" { return ("s", "s") }
      if scalar == "ς" { return ("σ", nil) }
    }
    if contains(.letters) {
      switch scalar {
      case "\u{064A}", "\u{0649}": return ("\u{06CC}", nil)
      case "\u{0643}": return ("\u{06A9}", nil)
      case "\u{0640}", "\u{200C}", "\u{200D}", "\u{064B}"..."\u{0652}": return (nil, nil)
      default: break
      }
    }
    if contains(.digits), scalar.properties.numericType == .decimal,
      let value = scalar.properties.numericValue
    {
      return (Unicode.Scalar(UInt8(ascii: "0") + UInt8(value)), nil)
    }
    return Self.isMark(scalar) ? (nil, nil) : (scalar, nil)
  }

  /// Whether a scalar is invisible and changes no letter.
  ///
  /// Joiners change letters; tags tell flags apart.
  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isDefaultIgnorableCodePoint && scalar != "\u{200C}" && scalar != "\u{200D}"
      && !("\u{E0000}"..."\u{E007F}").contains(scalar)
  }
}
