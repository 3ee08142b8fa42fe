/// A statement whose interpolations are bound parameters.
package struct SQL: ExpressibleByStringInterpolation, ExpressibleByStringLiteral, Sendable {
  /// The statement as the server sees it, with `$1`, `$2`, … for its parameters.
  package let text: String
  let parameters: Parameters

  /// A statement without parameters.
  package init(stringLiteral text: String) {
    self.text = text
    parameters = Parameters()
  }

  /// A statement with the parameters that were interpolated.
  package init(stringInterpolation: StringInterpolation) {
    text = stringInterpolation.text
    parameters = stringInterpolation.parameters
  }
}

extension SQL {
  /// Collects the text and the parameters of one statement.
  package struct StringInterpolation: StringInterpolationProtocol {
    var text = ""
    var parameters: Parameters

    /// An empty statement.
    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + 3 * interpolationCount)
      parameters = Parameters(capacity: interpolationCount)
    }

    /// Adds the statement's own text.
    package mutating func appendLiteral(_ literal: String) { text += literal }

    /// Binds a value.
    package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
      let place = place()
      value.bind(into: &parameters)
      parameters.settle(place)
    }

    /// Binds a value, or null.
    ///
    /// Of its own, because the compiler warns of an optional in an interpolation that takes none.
    package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
      let place = place()
      value.bind(into: &parameters)
      parameters.settle(place)
    }

    /// Adds a part of a statement; its parameters are renumbered.
    package mutating func appendInterpolation(_ fragment: SQL) {
      appendInterpolation(fragment: fragment)
    }

    /// Adds a part of a statement; its parameters are renumbered.
    package mutating func appendInterpolation(fragment: SQL) {
      let source = fragment.text.utf8
      var copied = source.startIndex
      for (index, slot) in fragment.parameters.slots.enumerated() {
        let dollar = source.index(source.startIndex, offsetBy: slot)
        text += fragment.text[copied..<dollar]
        _ = place()
        copied = source.index(dollar, offsetBy: 1 + String(index + 1).utf8.count)
      }
      text += fragment.text[copied...]
      parameters.append(contentsOf: fragment.parameters)
    }

    /// Adds text as it is: never anything that came from outside.
    package mutating func appendInterpolation(unsafeRaw raw: String) { text += raw }

    /// Writes the next `$n` and returns n.
    mutating func place() -> Int {
      parameters.slots.append(text.utf8.count)
      text += "$"
      text += String(parameters.slots.count)
      return parameters.slots.count
    }
  }
}
