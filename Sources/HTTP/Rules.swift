extension Rule where Value == String {
  /// Text of that many characters, spaces at its ends removed.
  package static func text(_ length: ClosedRange<Int>) -> Rule {
    Rule(.string(length: length)) { json throws(Reason) in
      guard case .string(let text) = json else { throw "must be a string" }
      let trimmed = Substring(text).trimmingWhitespace()
      // Scalars, as JSON Schema counts; one user-visible character may be many of them.
      guard length.contains(trimmed.unicodeScalars.count) else {
        throw length.lowerBound == 0
          ? "must be at most \(length.upperBound) characters"
          : "must be \(length.lowerBound) to \(length.upperBound) characters"
      }
      return String(trimmed)
    }
  }

  /// A file's name, cleaned as all names of files are.
  package static var filename: Rule {
    let text = Rule.text(1...4000)
    return Rule(text.schema) { json throws(Reason) in Filename.cleaned(try text.read(json)) }
  }

  /// Text taken as it is: a password, a token.
  package static func secret(_ length: ClosedRange<Int>) -> Rule {
    Rule(.string(format: "password", length: length)) { json throws(Reason) in
      guard case .string(let text) = json else { throw "must be a string" }
      guard length.contains(text.unicodeScalars.count) else {
        throw "must be \(length.lowerBound) to \(length.upperBound) characters"
      }
      return text
    }
  }
}

extension Rule {
  /// A list of that many values, each of which keeps `element`.
  package static func list<Element>(
    of element: Rule<Element>, _ count: ClosedRange<Int>
  ) -> Rule<[Element]> where Value == [Element] {
    Rule(.array(element.schema, count: count)) { json throws(Reason) in
      guard case .array(let elements) = json else { throw "must be a list" }
      guard count.contains(elements.count) else {
        throw "must hold \(count.lowerBound) to \(count.upperBound) values"
      }
      var values: [Element] = []
      for (index, json) in elements.enumerated() {
        do throws(Reason) {
          values.append(try element.read(json))
        } catch {
          throw "at place \(index + 1) \(error.text)"
        }
      }
      return values
    }
  }
}

extension Rule where Value: WireInput & Sendable {
  /// An object inside a body.
  package static var object: Rule {
    Rule(Value.schema) { json throws(Reason) in
      do throws(Problem) {
        return try Value(reading: json)
      } catch {
        throw "is not right: \(error.detail)"
      }
    }
  }
}

extension Rule where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of an enumeration's words.
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
    let start = drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return start[...end]
  }
}
