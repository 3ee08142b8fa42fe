/// The JSON Schema of a wire value, as far as OpenAPI 3.1 needs it.
package indirect enum Schema: Sendable {
  case string(format: String? = nil, length: ClosedRange<Int>? = nil)
  case choice([String])
  case integer(ClosedRange<Int>? = nil)
  case number
  case boolean
  case array(Schema, count: ClosedRange<Int>? = nil)
  case nullable(Schema)
  case object([Member])

  /// One named member of an object.
  package struct Member: Sendable {
    /// The member's name.
    package let name: String
    package let schema: Schema
    /// Whether it must be there.
    package let required: Bool

    /// A member of that name.
    package init(_ name: String, _ schema: Schema, required: Bool) {
      self.name = name
      self.schema = schema
      self.required = required
    }
  }

  /// Writes the schema as a JSON object.
  package func write(to writer: inout JSONWriter) {
    writer.object { writeMembers(to: &$0) }
  }

  private func writeMembers(to writer: inout JSONWriter) {
    switch self {
    case .string(let format, let length):
      writer.member("type", "string")
      if let format { writer.member("format", format) }
      if let length {
        writer.member("minLength", length.lowerBound)
        writer.member("maxLength", length.upperBound)
      }
    case .choice(let words):
      writer.member("type", "string")
      writer.member("enum", words)
    case .integer(let range):
      writer.member("type", "integer")
      if let range {
        writer.member("minimum", range.lowerBound)
        writer.member("maximum", range.upperBound)
      }
    case .number: writer.member("type", "number")
    case .boolean: writer.member("type", "boolean")
    case .array(let element, let count):
      writer.member("type", "array")
      writer.key("items")
      element.write(to: &writer)
      if let count {
        writer.member("minItems", count.lowerBound)
        writer.member("maxItems", count.upperBound)
      }
    case .nullable(let schema):
      writer.key("anyOf")
      writer.array([schema, nil]) { schema, writer in
        if let schema {
          schema.write(to: &writer)
        } else {
          writer.object { $0.member("type", "null") }
        }
      }
    case .object(let members): Self.write(members, to: &writer)
    }
  }

  private static func write(_ members: [Member], to writer: inout JSONWriter) {
    writer.member("type", "object")
    writer.key("properties")
    writer.object {
      for member in members {
        $0.key(dynamic: member.name)
        member.schema.write(to: &$0)
      }
    }
    let required = members.filter(\.required).map(\.name)
    if !required.isEmpty { writer.member("required", required) }
  }
}
