extension Rule where Value == String {
  /// A rule for text of a given length, trimmed, without control characters.
  package static func text(_ length: ClosedRange<Int>) -> Rule {
    text(length, without: Self.deceptive) { text throws(Reason) in
      guard !text.unicodeScalars.contains(where: \.isDeceptive) else {
        throw "must not contain control characters"
      }
    }
  }

  /// A rule for text of one line.
  package static func line(_ length: ClosedRange<Int>) -> Rule {
    text(length, without: Self.deceptive + #"\t\n\r\u2028\u2029"#) { text throws(Reason) in
      guard !text.unicodeScalars.contains(where: \.isDeceptive) else {
        throw "must not contain control characters"
      }
      guard !text.unicodeScalars.contains(where: \.endsLine) else { throw "must be one line" }
    }
  }

  /// Characters that show nothing, as part of a pattern's class.
  ///
  /// `\u` names no character above 0xFFFF, so those stand in the pattern themselves.
  private static let invisible =
    #"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u2800\u3164"#
    + #"\ufe00-\ufe0f\uffa0\ufff0-\ufff8"#
    + "\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}"

  /// The characters of `isDeceptive` as part of a pattern's class.
  private static let deceptive =
    #"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"#
    + #"\ufff9-\ufffb\ufeff"#

  private static func text(
    _ length: ClosedRange<Int>, without refused: String,
    _ check: @escaping @Sendable (String) throws(Reason) -> Void
  ) -> Rule {
    let characters = characters(length)
    let pattern =
      length.lowerBound == 0
      ? "^[^\(refused)]*$" : #"^[^\#(refused)]*[^\s\#(invisible)\#(refused)][^\#(refused)]*$"#
    return Rule(.string(length: length, pattern: pattern)) { json throws(Reason) in
      let text = try characters.read(json)
      try check(text)
      guard length.lowerBound == 0 || text.unicodeScalars.contains(where: \.isVisible) else {
        throw "must contain a visible character"
      }
      return text
    }
  }

  /// A rule for the length of text.
  ///
  /// The maximum counts spaces at the ends; the minimum does not.
  private static func characters(_ length: ClosedRange<Int>) -> Rule {
    Rule(.string(length: length)) { json throws(Reason) in
      guard case .string(let text) = json else { throw "must be a string" }
      let trimmed = Substring(text).trimmingWhitespace()
      // Counts scalars, as JSON Schema does; one visible character may have many of them.
      guard text.unicodeScalars.count <= length.upperBound,
        trimmed.unicodeScalars.count >= length.lowerBound
      else {
        throw length.lowerBound == 0
          ? "must be at most \(length.upperBound) characters"
          : "must be \(length.lowerBound) to \(length.upperBound) characters"
      }
      return String(trimmed)
    }
  }

  /// A rule for a file's name, cleaned like all file names; a blank one becomes "unnamed".
  package static var filename: Rule {
    let length = 1...4000
    return Rule(.string(length: length)) { json throws(Reason) in
      guard case .string(let text) = json, length.contains(text.unicodeScalars.count) else {
        throw "must be \(length.lowerBound) to \(length.upperBound) characters"
      }
      let trimmed = String(Substring(text).trimmingWhitespace())
      return trimmed.isEmpty ? Filename.unnamed : Filename.cleaned(trimmed)
    }
  }

  /// A rule for text that is not changed: a password or a token.
  package static func secret(_ length: ClosedRange<Int>) -> Rule {
    let pattern = #"^[^\u0000-\u001f\u007f]*$"#
    return Rule(verbatim: .string(format: "password", length: length, pattern: pattern)) {
      json throws(Reason) in
      guard case .string(let text) = json else { throw "must be a string" }
      guard text.utf8.allSatisfy({ $0 > 0x1F && $0 != 0x7F }) else {
        throw "must not contain control characters"
      }
      guard length.contains(text.unicodeScalars.count) else {
        throw "must be \(length.lowerBound) to \(length.upperBound) characters"
      }
      return text
    }
  }
}

extension Rule where Value == Int {
  /// A rule for an integer within a range.
  package static func whole(_ range: ClosedRange<Int>) -> Rule {
    Rule(.integer(range)) { json throws(Reason) in
      guard case .int(let number) = json, range.contains(number) else {
        throw "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
      }
      return number
    }
  }
}

extension Rule where Value == Bool {
  /// A rule for true or false.
  package static var truth: Rule {
    Rule(.boolean) { json throws(Reason) in
      guard case .bool(let value) = json else { throw "must be true or false" }
      return value
    }
  }
}

extension Rule {
  /// A rule for a list of a given length, whose values satisfy `element`.
  package static func list<Element>(
    of element: Rule<Element>, _ count: ClosedRange<Int>
  ) -> Rule<[Element]> where Value == [Element] {
    Rule(.array(element.schema, count: count)) { json throws(Reason) in
      guard case .array(let elements) = json else { throw "must be a list" }
      guard count.contains(elements.count) else {
        throw "must have \(count.lowerBound) to \(count.upperBound) values"
      }
      var values: [Element] = []
      for (index, json) in elements.enumerated() {
        do throws(Reason) {
          values.append(try element.read(json))
        } catch {
          throw "at position \(index + 1) \(error.text)"
        }
      }
      return values
    }
  }
}

extension Rule where Value: WireInput & Sendable {
  /// A rule for an object inside a body.
  package static var object: Rule {
    Rule(Value.schema) { json throws(Reason) in
      do throws(Problem) {
        return try Value(reading: json)
      } catch {
        // The sentence continues, so the full stop is removed.
        let detail = error.detail.hasSuffix(".") ? error.detail.dropLast() : error.detail[...]
        throw "is invalid: \(detail)"
      }
    }
  }
}

extension Rule where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// A rule for one word of an enumeration.
  package static var choice: Rule {
    Rule(.choice(Value.allCases.map(\.rawValue))) { json throws(Reason) in
      guard case .string(let word) = json, let value = Value(rawValue: word) else {
        throw "must be one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))"
      }
      return value
    }
  }
}

extension Substring {
  fileprivate func trimmingWhitespace() -> Substring {
    // Trims scalars: a space with a combining mark is one character, but still counts as a space.
    let scalars = unicodeScalars
    let start = scalars.drop(while: \.properties.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
    return Substring(start[...end])
  }
}

extension Unicode.Scalar {
  /// Whether the character can make a text look like another text.
  ///
  /// These are control characters, except line ends and tabs, and marks that change the direction
  /// of text. Joiners and marks that scripts need are allowed.
  fileprivate var isDeceptive: Bool {
    switch value {
    case 0x09, 0x0A, 0x0D: false
    case 0x00...0x1F, 0x7F...0x9F: true
    case 0x202A...0x202E, 0x2066...0x2069, 0xFFF9...0xFFFB, 0xFEFF: true
    default: false
    }
  }

  /// Whether the character shows something: no space, joiner, selector or filler.
  fileprivate var isVisible: Bool {
    // The blank Braille pattern counts as a symbol in Unicode.
    !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint && value != 0x2800
  }

  fileprivate var endsLine: Bool {
    switch value {
    case 0x09, 0x0A, 0x0D, 0x2028, 0x2029: true
    default: false
    }
  }
}
