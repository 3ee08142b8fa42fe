/// A statement whose interpolations are bound parameters.
package struct SQL: ExpressibleByStringInterpolation, ExpressibleByStringLiteral, Sendable {
  /// The text sent to the server, with `$1`, `$2`, … for its parameters.
  package let text: String
  let parameters: Parameters

  /// Makes a statement without parameters.
  package init(stringLiteral text: String) {
    self.text = text
    parameters = Parameters()
  }

  /// Makes a statement with the interpolated parameters.
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

    /// Makes an empty statement.
    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + 3 * interpolationCount)
      parameters = Parameters(capacity: interpolationCount)
    }

    /// Appends the statement's own text.
    package mutating func appendLiteral(_ literal: String) { text += literal }

    /// Binds a value.
    package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
      let place = place()
      value.bind(into: &parameters)
      parameters.settle(place)
    }

    /// Binds a value, or null.
    ///
    /// A separate overload, because the compiler warns about an optional in an interpolation.
    package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
      let place = place()
      value.bind(into: &parameters)
      parameters.settle(place)
    }

    /// Appends a part of a statement and renumbers its parameters.
    package mutating func appendInterpolation(_ fragment: SQL) {
      appendInterpolation(fragment: fragment)
    }

    /// Appends a part of a statement and renumbers its parameters.
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

    /// Appends text unchanged; never use it for input from outside.
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
