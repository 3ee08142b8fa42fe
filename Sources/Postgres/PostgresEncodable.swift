/// A value that can be bound to a statement.
package protocol PostgresEncodable: Sendable {
  /// Adds this value as one parameter.
  func bind(into parameters: inout Parameters)
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
  /// Adds the raw value as one parameter.
  package func bind(into parameters: inout Parameters) { rawValue.bind(into: &parameters) }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  /// Adds the value, or null.
  package func bind(into parameters: inout Parameters) {
    switch self {
    case .some(let value): value.bind(into: &parameters)
    case .none: parameters.null()
    }
  }
}

extension String: PostgresEncodable {
  /// Adds the text; a NUL byte in it makes the statement fail before it is sent.
  package func bind(into parameters: inout Parameters) { parameters.text(self) }
}

extension Int: PostgresEncodable {
  /// Adds the digits.
  package func bind(into parameters: inout Parameters) { parameters.text(String(self)) }
}

extension Int32: PostgresEncodable {
  /// Adds the digits.
  package func bind(into parameters: inout Parameters) { parameters.text(String(self)) }
}

extension Int64: PostgresEncodable {
  /// Adds the digits.
  package func bind(into parameters: inout Parameters) { parameters.text(String(self)) }
}

extension Double: PostgresEncodable {
  /// Adds the shortest digits that read back as the same number.
  package func bind(into parameters: inout Parameters) { parameters.text(description) }
}

extension Bool: PostgresEncodable {
  /// Adds `t` or `f`.
  package func bind(into parameters: inout Parameters) { parameters.text(self ? "t" : "f") }
}

extension UUIDBytes: PostgresEncodable {
  /// Adds the canonical text.
  package func bind(into parameters: inout Parameters) { parameters.text(write) }
}
