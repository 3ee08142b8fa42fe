/// The decoded parameters of a query string.
package struct Query {
  private let pairs: [(name: String, value: String)]

  /// Decodes `a=1&b=2`.
  /// - Throws: 400 when an escape is malformed.
  package init(_ text: Substring) throws(Problem) {
    var pairs: [(name: String, value: String)] = []
    for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
      let name = pair.prefix { $0 != UInt8(ascii: "=") }
      let value = pair.dropFirst(name.count + 1)
      guard let name = Path.decode(Substring(name), plusIsSpace: true),
        let value = Path.decode(Substring(value), plusIsSpace: true)
      else { throw .badRequest("The query string is not valid percent-encoded UTF-8.") }
      pairs.append((name, value))
    }
    self.pairs = pairs
  }

  /// Returns the first value with this name.
  package subscript(name: String) -> String? {
    pairs.first { $0.name == name }?.value
  }

  /// Returns the values with this name, which may be repeated or a list with commas.
  package func list(_ name: String) -> [Substring] {
    pairs.filter { $0.name == name }.flatMap {
      $0.value.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  /// Returns an integer within a range, or nil when the parameter is absent.
  /// - Throws: 400 when it is not an integer or out of range.
  package func int(_ name: String, _ range: ClosedRange<Int>) throws(Problem) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .invalid(
        [Violation(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")])
    }
    return number
  }

  /// Returns a number within a range, or nil when the parameter is absent.
  /// - Throws: 400 when it is not a number or out of range.
  package func number(
    _ name: String, _ range: ClosedRange<Double>
  ) throws(Problem) -> Double? {
    guard let text = self[name] else { return nil }
    guard let number = Double(text), range.contains(number) else {
      throw .invalid(
        [Violation(name, "must be a number from \(range.lowerBound) to \(range.upperBound)")])
    }
    return number
  }
}

extension Request {
  /// Returns the query string's parameters.
  package func query() throws(Problem) -> Query { try Query(queryString) }
}
