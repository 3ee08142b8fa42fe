package import HTTP

/// An object of an answer; its list of fields writes the JSON and gives its OpenAPI schema.
package protocol WireOutput: WireValue {
  /// The members in the order in which they are written; nil is written as null.
  static var fields: Fields<Self> { get }
}

/// One member of an answer's object.
package struct Field<Root>: Sendable {
  let name: StaticString
  let schema: Schema
  let write: Write

  typealias Write = @Sendable (Root, inout JSONWriter) -> Void

  /// Makes a member with the function that returns its value.
  package init<Value: WireValue>(
    _ name: StaticString, _ value: @escaping @Sendable (Root) -> Value
  ) {
    self.name = name
    schema = Value.schema
    write = { root, writer in
      writer.key(name)
      value(root).write(to: &writer)
    }
  }
}

extension Field {
  private init(_ name: StaticString, _ schema: Schema, _ write: @escaping Write) {
    (self.name, self.schema, self.write) = (name, schema, write)
  }

  /// Returns the same member for a larger object.
  fileprivate func within<Whole>(_ part: KeyPath<Whole, Root> & Sendable) -> Field<Whole> {
    let write = write
    return Field<Whole>(name, schema) { whole, writer in write(whole[keyPath: part], &writer) }
  }
}

/// The members of an answer's object, in the order in which they are written.
package struct Fields<Root>: Sendable, ExpressibleByArrayLiteral {
  let list: [Field<Root>]
  /// Writes all members with one combined function.
  ///
  /// Reading each member from a list would change reference counts that all threads share.
  let write: Field<Root>.Write

  /// Makes a list of members.
  package init(_ list: [Field<Root>]) {
    self.list = list
    let nothing: Field<Root>.Write = { _, _ in }
    write = list.reduce(nothing) { Self.both($0, $1.write) }
  }

  /// Makes a list of members.
  package init(arrayLiteral elements: Field<Root>...) { self.init(elements) }

  private static func both(
    _ first: @escaping Field<Root>.Write, _ second: @escaping Field<Root>.Write
  ) -> Field<Root>.Write {
    { root, writer in
      first(root, &writer)
      second(root, &writer)
    }
  }

  /// Returns the same members for a larger object, followed by further ones.
  package func within<Whole>(
    _ part: KeyPath<Whole, Root> & Sendable, and further: [Field<Whole>]
  ) -> Fields<Whole> {
    Fields<Whole>(list.map { $0.within(part) } + further)
  }
}

extension WireOutput {
  package static var schema: Schema {
    .object(
      of: Self.self,
      fields.list.map { Schema.Member($0.name.description, $0.schema, required: true) })
  }

  package func write(to writer: inout JSONWriter) {
    writer.object { Self.fields.write(self, &$0) }
  }
}

extension Response {
  /// Returns one wire value as a JSON object.
  package static func json(_ value: some WireOutput) -> Response {
    var writer = JSONWriter()
    value.write(to: &writer)
    return .json(writer.bytes)
  }

  /// Returns wire values as a bare JSON array.
  package static func json<Row: WireOutput>(_ rows: [Row]) -> Response {
    var writer = JSONWriter(capacity: 64 + rows.count * 320)
    let fields = Row.fields
    writer.array { for place in rows.indices { $0.object { fields.write(rows[place], &$0) } } }
    return .json(writer.bytes)
  }
}
