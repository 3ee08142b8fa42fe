/// A request body: its input list reads the JSON and is its OpenAPI schema.
package protocol WireInput: Sendable {
  /// The members that are read, and how they make a value; other members are ignored.
  static var inputs: Inputs<Self> { get }
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
package struct Input<Value: Sendable>: Sendable {
  let name: String
  let member: Schema.Member
  private let read: @Sendable (JSON?) throws(Reason) -> Value

  private init(
    _ member: Schema.Member, _ read: @escaping @Sendable (JSON?) throws(Reason) -> Value
  ) {
    (name, self.member, self.read) = (member.name, member, read)
  }

  /// Reads the member of an object.
  func value(in object: [String: JSON]) throws(Reason) -> Value { try read(object[name]) }

  /// A member that must be there.
  package static func required(_ name: String, _ rule: Rule<Value>) -> Input {
    Input(Schema.Member(name, rule.schema, required: true)) { json throws(Reason) in
      guard let json else { throw "is required" }
      return try rule.read(json)
    }
  }

  /// A member that may be absent or null: it is nil then.
  package static func optional<Wrapped>(_ name: String, _ rule: Rule<Wrapped>) -> Input
  where Value == Wrapped? {
    Input(optionalMember(name, rule.schema)) { json throws(Reason) in
      guard let json, json != .null else { return nil }
      return try rule.read(json)
    }
  }

  /// A member that may be absent or null: it has a default value then.
  package static func optional(
    _ name: String, _ rule: Rule<Value>, default value: Value
  ) -> Input {
    Input(optionalMember(name, rule.schema)) { json throws(Reason) in
      guard let json, json != .null else { return value }
      return try rule.read(json)
    }
  }

  private static func optionalMember(_ name: String, _ schema: Schema) -> Schema.Member {
    Schema.Member(name, .nullable(schema), required: false)
  }
}

/// The members of a request body, in the order in which `make` takes their values.
package struct Inputs<Root: Sendable>: Sendable {
  /// What the body looks like, for OpenAPI.
  let schema: Schema
  let read: @Sendable ([String: JSON]) throws(Problem) -> Root

  /// Members without further conditions.
  package init<each Value>(
    _ make: @escaping @Sendable (repeat each Value) -> Root, _ input: repeat Input<each Value>
  ) {
    let members = Self.members(repeat each input)
    schema = .object(members)
    read = { object throws(Problem) in
      do throws(Reason) {
        return try make(repeat (each input).value(in: object))
      } catch {
        throw Self.problem(with: object, repeat each input)
      }
    }
  }

  /// Members of which some exclude or replace each other; `make` returns nil when none of them is
  /// there, or too many.
  package init<each Value>(
    _ make: @escaping @Sendable (repeat each Value) -> Root?,
    _ input: repeat Input<each Value>, alternatives: Alternatives
  ) {
    schema = .either(
      Self.members(repeat each input), oneOf: alternatives.names,
      excluding: alternatives.excludeOthers)
    read = { object throws(Problem) in
      let root: Root?
      do throws(Reason) {
        root = try make(repeat (each input).value(in: object))
      } catch {
        throw Self.problem(with: object, repeat each input)
      }
      guard let root else { throw .invalid([alternatives.violation]) }
      return root
    }
  }

  private static func members<each Value>(
    _ input: repeat Input<each Value>
  ) -> [Schema.Member] {
    var members: [Schema.Member] = []
    for input in repeat each input { members.append(input.member) }
    return members
  }

  /// Names every member that breaks a rule: they are read once more, since the first has thrown.
  private static func problem<each Value>(
    with object: [String: JSON], _ input: repeat Input<each Value>
  ) -> Problem {
    var violations: [Violation] = []
    for input in repeat each input {
      do throws(Reason) {
        _ = try input.value(in: object)
      } catch {
        violations.append(Violation(input.name, error.text))
      }
    }
    return .invalid(violations)
  }
}

/// Members of a body of which at least one must be there.
package struct Alternatives: Sendable {
  let names: [String]
  let excludeOthers: Bool
  let violation: Violation

  /// - Parameters:
  ///   - excludeOthers: whether exactly one must be there.
  ///   - violation: the error of a body that has none of them, or too many.
  package init(
    _ names: [String], excludeOthers: Bool = false, orElse violation: Violation
  ) {
    (self.names, self.excludeOthers, self.violation) = (names, excludeOthers, violation)
  }
}

extension WireInput {
  /// What the body looks like, for OpenAPI.
  package static var schema: Schema { inputs.schema }

  /// Reads an object, naming every field that breaks a rule.
  package init(reading json: JSON) throws(Problem) {
    guard case .object(let members) = json else {
      throw .badRequest("The body must be a JSON object.")
    }
    self = try Self.inputs.read(members)
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

  /// Reads the body of a route whose clients may leave it out, which is the same as `{}`.
  package func optionalJSON<Body: WireInput>(_ type: Body.Type) throws(Problem) -> Body {
    contentLength ?? 0 > 0 ? try json(type) : try Body(reading: .object([:]))
  }
}
