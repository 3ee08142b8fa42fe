/// A value that can be written to a JSON answer.
package protocol WireValue: Sendable {
  /// The value's schema for OpenAPI.
  static var schema: Schema { get }
  /// Writes the value as JSON.
  func write(to writer: inout JSONWriter)
}

extension WireValue where Self: RawRepresentable & CaseIterable, RawValue == String {
  /// The words of the enumeration.
  package static var schema: Schema { .choice(allCases.map(\.rawValue)) }
  package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

extension String: WireValue {
  package static var schema: Schema { .string() }
  package func write(to writer: inout JSONWriter) { writer.string(self) }
}

extension Int: WireValue {
  package static var schema: Schema { .integer() }
  package func write(to writer: inout JSONWriter) { writer.number(self) }
}

extension Double: WireValue {
  package static var schema: Schema { .number() }
  package func write(to writer: inout JSONWriter) { writer.number(self) }
}

extension Bool: WireValue {
  package static var schema: Schema { .boolean }
  package func write(to writer: inout JSONWriter) { writer.literal(self ? "true" : "false") }
}

extension Optional: WireValue where Wrapped: WireValue {
  package static var schema: Schema { .nullable(Wrapped.schema) }
  package func write(to writer: inout JSONWriter) {
    if let self { self.write(to: &writer) } else { writer.null() }
  }
}

extension Array: WireValue where Element: WireValue {
  package static var schema: Schema { .array(Element.schema) }
  package func write(to writer: inout JSONWriter) {
    writer.array { for element in self { element.write(to: &$0) } }
  }
}
