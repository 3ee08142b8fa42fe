/// A value that can stand in a JSON answer.
package protocol WireValue: Sendable {
  /// What it looks like, for OpenAPI.
  static var schema: Schema { get }
  /// Writes the value as JSON.
  func write(to writer: inout JSONWriter)
}

/// An object of an answer: its field list writes the JSON and is its OpenAPI schema.
package protocol WireOutput: WireValue {
  /// The members in the order they are written; nil values are written as null.
  static var fields: [Field<Self>] { get }
}

/// One member of an answer's object.
package struct Field<Root>: Sendable {
  let name: StaticString
  let schema: Schema
  let write: @Sendable (Root, inout JSONWriter) -> Void

  /// A member and where its value comes from.
  package init<Value: WireValue>(
    _ name: StaticString, _ value: @escaping @Sendable (Root) -> Value
  ) {
    self.name = name
    schema = Value.schema
    let key = Array(",\"\(name)\":".utf8)
    write = { root, writer in
      writer.key(prepared: key)
      value(root).write(to: &writer)
    }
  }
}

extension Field {
  private init(_ name: StaticString, _ schema: Schema, _ write: @escaping Write) {
    (self.name, self.schema, self.write) = (name, schema, write)
  }

  private typealias Write = @Sendable (Root, inout JSONWriter) -> Void

  /// The same member of a larger object.
  package func within<Whole>(_ part: KeyPath<Whole, Root> & Sendable) -> Field<Whole> {
    let write = write
    return Field<Whole>(name, schema) { whole, writer in write(whole[keyPath: part], &writer) }
  }
}

extension WireOutput {
  package static var schema: Schema {
    .object(fields.map { Schema.Member($0.name.description, $0.schema, required: true) })
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      for field in Self.fields { field.write(self, &$0) }
    }
  }
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
    writer.array(self) { element, writer in element.write(to: &writer) }
  }
}
