extension Schema {
  /// Writes the schema as a JSON object; a named object becomes a reference to its definition.
  package func write(to writer: inout JSONWriter) {
    writer.object {
      if case .object(_, let name?, _) = self {
        $0.member("$ref", "#/components/schemas/\(name)")
      } else {
        writeMembers(to: &$0)
      }
    }
  }

  /// Writes the definition of a schema, even if it has a name.
  package func writeDefinition(to writer: inout JSONWriter) {
    writer.object { writeMembers(to: &$0) }
  }

  /// Adds the named objects of this schema to a list, each after those that it refers to.
  package func collectNamed(into list: inout [(name: String, schema: Schema)]) {
    switch self {
    case .array(let schema, _, _), .nullable(let schema), .map(let schema?):
      schema.collectNamed(into: &list)
    case .object(let members, let name, _):
      if let name, list.contains(where: { $0.name == name }) { return }
      for member in members { member.schema.collectNamed(into: &list) }
      if let name { list.append((name, self)) }
    case .string, .choice, .integer, .number, .boolean, .map(nil): break
    }
  }

  private func writeMembers(to writer: inout JSONWriter, orNull: Bool = false) {
    func writeType(_ type: String) {
      if orNull { writer.member("type", [type, "null"]) } else { writer.member("type", type) }
    }
    switch self {
    case .string(let format, let length, let pattern):
      writeType("string")
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
      writeType("integer")
      Self.write(range, to: &writer)
    case .number(let range, let isExclusive):
      writeType("number")
      Self.write(range, isExclusive: isExclusive, to: &writer)
    case .boolean: writeType("boolean")
    case .array(let element, let count, let isSet):
      Self.write(element, count, isSet, to: &writer)
    case .nullable(let schema): schema.writeNullable(to: &writer)
    case .object(let members, _, let choice): Self.write(members, choice, to: &writer)
    case .map(let schema):
      writer.member("type", "object")
      writer.key("additionalProperties")
      if let schema { schema.write(to: &writer) } else { writer.literal("true") }
    }
  }

  /// Writes the members of a schema that also permits null.
  ///
  /// A list of types is the form that openapi-generator understands: for `anyOf` with a plain type
  /// it makes other members of the same type optional, too.
  private func writeNullable(to writer: inout JSONWriter) {
    switch self {
    case .string, .integer, .number, .boolean: writeMembers(to: &writer, orNull: true)
    case .choice, .array, .nullable, .object, .map:
      writer.key("anyOf")
      writer.array {
        write(to: &$0)
        $0.object { $0.member("type", "null") }
      }
    }
  }

  private static func write<Number: WireValue>(
    _ range: ClosedRange<Number>?, isExclusive: Bool = false, to writer: inout JSONWriter
  ) {
    guard let range else { return }
    writer.member(isExclusive ? "exclusiveMinimum" : "minimum", range.lowerBound)
    writer.member(isExclusive ? "exclusiveMaximum" : "maximum", range.upperBound)
  }

  private static func write(
    _ element: Schema, _ count: ClosedRange<Int>?, _ isSet: Bool, to writer: inout JSONWriter
  ) {
    writer.member("type", "array")
    writer.key("items")
    element.write(to: &writer)
    if let count {
      writer.member("minItems", count.lowerBound)
      // A list that only the body's size limits has no maximum.
      if count.upperBound < .max { writer.member("maxItems", count.upperBound) }
    }
    if isSet { writer.member("uniqueItems", true) }
  }

  private static func write(
    _ members: [Member], _ choice: Choice?, to writer: inout JSONWriter
  ) {
    writer.member("type", "object")
    choice?.write(to: &writer)
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

extension Schema.Choice {
  /// Writes the rule as a sentence, and as a list for programs.
  ///
  /// `anyOf` or `oneOf` beside the properties would say the same, but with them the generators of
  /// clients make types without the other properties.
  fileprivate func write(to writer: inout JSONWriter) {
    let list = names.dropLast().joined(separator: ", ") + " and \(names.last ?? "")"
    writer.member(
      "description", "\(isExclusive ? "Exactly" : "At least") one of \(list) is required.")
    writer.key(isExclusive ? "x-one-of" : "x-any-of")
    names.write(to: &writer)
  }
}
