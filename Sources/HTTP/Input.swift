/// A request body: its input list reads the JSON and is its OpenAPI schema.
package protocol WireInput {
  /// An empty value, filled by its inputs.
  init()
  /// The members that are read; others are ignored.
  static var inputs: [Input<Self>] { get }
  /// Members of which at least one must be there, for OpenAPI; the handler checks it.
  static var alternatives: [String] { get }
  /// Whether it must be exactly one.
  static var excludesOthers: Bool { get }
}

/// What a value must be, and how it is read.
package struct Rule<Value: Sendable>: Sendable {
  /// What the value looks like, for OpenAPI.
  package let schema: Schema
  /// Reads the value; throws the text that continues "<field> …".
  package let read: @Sendable (JSON) throws(Reason) -> Value

  /// A custom rule; it reads a string in normal form.
  package init(_ schema: Schema, _ read: @escaping @Sendable (JSON) throws(Reason) -> Value) {
    self.init(verbatim: schema) { json throws(Reason) in try read(json.normalized) }
  }

  /// A custom rule that reads the string exactly as the client sent it: only for secrets.
  package init(
    verbatim schema: Schema, _ read: @escaping @Sendable (JSON) throws(Reason) -> Value
  ) {
    self.schema = schema
    self.read = read
  }
}

/// Why a value was refused: continues a sentence that begins with the field's name.
package struct Reason: Error, Sendable, ExpressibleByStringInterpolation {
  /// Continues a sentence after the field's name.
  package let text: String
  /// The text that follows the field's name.
  package init(stringLiteral text: String) { self.text = text }
}

/// One member of a request body.
package struct Input<Root>: Sendable {
  let name: String
  let schema: Schema
  let required: Bool
  let read: @Sendable (JSON?, inout Root) throws(Reason) -> Void

  /// A member that must be there.
  package static func required<Value>(
    _ name: String, _ path: WritableKeyPath<Root, Value> & Sendable, _ rule: Rule<Value>
  ) -> Input {
    Input(name: name, schema: rule.schema, required: true) { json, root throws(Reason) in
      guard let json else { throw "is required" }
      root[keyPath: path] = try rule.read(json)
    }
  }

  /// A member that may be absent or null; its property keeps its initial value then.
  package static func optional<Value>(
    _ name: String, _ path: WritableKeyPath<Root, Value> & Sendable, _ rule: Rule<Value>
  ) -> Input {
    Input(name: name, schema: .nullable(rule.schema), required: false) {
      json, root throws(Reason) in
      guard let json, json != .null else { return }
      root[keyPath: path] = try rule.read(json)
    }
  }

  /// A member that may be absent or null, kept as an optional.
  package static func optional<Value>(
    _ name: String, _ path: WritableKeyPath<Root, Value?> & Sendable, _ rule: Rule<Value>
  ) -> Input {
    Input(name: name, schema: .nullable(rule.schema), required: false) {
      json, root throws(Reason) in
      guard let json, json != .null else { return }
      root[keyPath: path] = try rule.read(json)
    }
  }
}

extension WireInput {
  /// What the body looks like, for OpenAPI.
  package static var schema: Schema {
    let members = inputs.map { Schema.Member($0.name, $0.schema, required: $0.required) }
    guard !alternatives.isEmpty else { return .object(members) }
    return .either(members, oneOf: alternatives, excluding: excludesOthers)
  }

  /// None are alternatives unless a type says so.
  package static var alternatives: [String] { [] }
  /// Several may be there unless a type says so.
  package static var excludesOthers: Bool { false }

  /// Reads an object, naming every field that breaks a rule.
  package init(reading json: JSON) throws(Problem) {
    guard case .object(let members) = json else {
      throw .badRequest("The body must be a JSON object.")
    }
    self.init()
    var violations: [Violation] = []
    for input in Self.inputs {
      do throws(Reason) {
        try input.read(members[input.name], &self)
      } catch {
        violations.append(Violation(input.name, error.text))
      }
    }
    guard violations.isEmpty else { throw .invalid(violations) }
  }
}

extension Request {
  /// Larger JSON bodies are refused, in bytes.
  package static let jsonLimit = 1 << 20

  /// The body as the wire type that the route takes.
  /// - Throws: 400 when malformed or against a rule, 413 when too long, 415 for another type.
  package func json<Body: WireInput>(_ type: Body.Type) throws(Problem) -> Body {
    if let mediaType, mediaType != "application/json", !mediaType.hasSuffix("+json") {
      throw Problem(415, "The body must be application/json.")
    }
    return try Body(reading: JSON(parsing: body(limit: Self.jsonLimit)))
  }

  /// The same for a route whose clients may leave the body out.
  package func optionalJSON<Body: WireInput>(_ type: Body.Type) throws(Problem) -> Body {
    contentLength ?? 0 > 0 ? try json(type) : Body()
  }
}
