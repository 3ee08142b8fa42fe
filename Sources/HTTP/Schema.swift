/// The JSON Schema of a wire value, as OpenAPI 3.1 needs it.
package indirect enum Schema: Sendable {
  case string(format: String? = nil, length: ClosedRange<Int>? = nil, pattern: String? = nil)
  case choice([String])
  case integer(ClosedRange<Int>? = nil)
  case number(ClosedRange<Double>? = nil)
  case boolean
  case array(Schema, count: ClosedRange<Int>? = nil, isSet: Bool = false)
  case nullable(Schema)
  case object([Member])
  /// An object in which one of these members is required and not null: exactly one, or at least
  /// one.
  case either([Member], oneOf: [String], excluding: Bool = false)

  /// One member of an object.
  package struct Member: Sendable {
    /// The member's name.
    package let name: String
    package let schema: Schema
    /// Whether the member is required.
    package let required: Bool

    /// Makes a member.
    package init(_ name: String, _ schema: Schema, required: Bool) {
      self.name = name
      self.schema = schema
      self.required = required
    }

    /// The same member, required and not null.
    fileprivate var present: Member {
      if case .nullable(let schema) = schema { return Member(name, schema, required: true) }
      return Member(name, schema, required: true)
    }
  }

  /// Writes the schema as a JSON object.
  package func write(to writer: inout JSONWriter) {
    writer.object { writeMembers(to: &$0) }
  }

  private func writeMembers(to writer: inout JSONWriter) {
    switch self {
    case .string(let format, let length, let pattern):
      writer.member("type", "string")
      if let format { writer.member("format", format) }
      if let length {
        writer.member("minLength", length.lowerBound)
        writer.member("maxLength", length.upperBound)
      }
      if let pattern { writer.member("pattern", pattern) }
    case .choice(let words):
      writer.member("type", "string")
      writer.member("enum", words)
    case .integer(let range):
      writer.member("type", "integer")
      if let range {
        writer.member("minimum", range.lowerBound)
        writer.member("maximum", range.upperBound)
      }
    case .number(let range):
      writer.member("type", "number")
      if let range {
        writer.member("minimum", range.lowerBound)
        writer.member("maximum", range.upperBound)
      }
    case .boolean: writer.member("type", "boolean")
    case .array(let element, let count, let isSet):
      writer.member("type", "array")
      writer.key("items")
      element.write(to: &writer)
      if let count {
        writer.member("minItems", count.lowerBound)
        // A list that only the body's size limits has no maximum.
        if count.upperBound < .max { writer.member("maxItems", count.upperBound) }
      }
      if isSet { writer.member("uniqueItems", true) }
    case .nullable(let schema):
      writer.key("anyOf")
      writer.array {
        schema.write(to: &$0)
        $0.object { $0.member("type", "null") }
      }
    case .object(let members): Self.write(members, to: &writer)
    case .either(let members, let names, let isExcluding):
      Self.write(members, to: &writer)
      writer.key(isExcluding ? "oneOf" : "anyOf")
      writer.array { writer in
        for member in members where names.contains(member.name) {
          writer.object { Self.write([member.present], to: &$0) }
        }
      }
    }
  }

  /// The members of an object's schema; empty for other schemas.
  package var members: [Member] {
    switch self {
    case .object(let members), .either(let members, _, _): members
    default: []
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
