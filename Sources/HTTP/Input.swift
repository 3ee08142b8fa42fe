/// A request body; its list of inputs reads the JSON and gives its OpenAPI schema.
package protocol WireInput: Sendable {
  /// The members to read and the initializer that takes them; other members are ignored.
  static var inputs: Inputs<Self> { get }
}

/// The rule for a value: its schema and the function that reads it.
package struct Rule<Value: Sendable>: Sendable {
  /// The value's schema for OpenAPI.
  package let schema: Schema
  /// Reads the value, or throws text that continues "<field> …".
  package let read: @Sendable (JSON) throws(Reason) -> Value

  /// Makes a custom rule that reads strings in normal form.
  package init(_ schema: Schema, _ read: @escaping @Sendable (JSON) throws(Reason) -> Value) {
    self.init(verbatim: schema) { json throws(Reason) in try read(json.normalized) }
  }

  /// Makes a custom rule that reads strings exactly as sent; only for secrets.
  package init(
    verbatim schema: Schema, _ read: @escaping @Sendable (JSON) throws(Reason) -> Value
  ) {
    self.schema = schema
    self.read = read
  }
}

/// The reason why a value was refused; it continues a sentence that begins with the field's name.
package struct Reason: Error, Sendable, ExpressibleByStringInterpolation {
  /// The words after the field's name.
  package let text: String
  /// Makes a reason from the text that follows the field's name.
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

  /// Makes a member that is required.
  package static func required(_ name: String, _ rule: Rule<Value>) -> Input {
    Input(Schema.Member(name, rule.schema, required: true)) { json throws(Reason) in
      guard let json else { throw "is required" }
      return try rule.read(json)
    }
  }

  /// Makes an optional member, which is nil when it is absent or null.
  package static func optional<Wrapped>(_ name: String, _ rule: Rule<Wrapped>) -> Input
  where Value == Wrapped? {
    Input(optionalMember(name, rule.schema)) { json throws(Reason) in
      guard let json, json != .null else { return nil }
      return try rule.read(json)
    }
  }

  /// Makes an optional member with a default for when it is absent or null.
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

/// The members of a request body, in the order of the parameters of `make`.
package struct Inputs<Root: Sendable>: Sendable {
  /// The body's schema for OpenAPI.
  let schema: Schema
  let read: @Sendable ([String: JSON]) throws(Problem) -> Root

  /// Makes a list of members without further conditions.
  package init<each Value>(
    _ make: @escaping @Sendable (repeat each Value) -> Root, _ input: repeat Input<each Value>
  ) {
    let members = Self.members(repeat each input)
    schema = .object(of: Root.self, members)
    read = { object throws(Problem) in
      do throws(Reason) {
        return try make(repeat (each input).value(in: object))
      } catch {
        throw Self.problem(with: object, repeat each input)
      }
    }
  }

  /// Makes a list in which some members are alternatives.
  ///
  /// `make` returns nil when none of the alternatives is present, or too many are.
  package init<each Value>(
    _ make: @escaping @Sendable (repeat each Value) -> Root?,
    _ input: repeat Input<each Value>, alternatives: Alternatives
  ) {
    schema = .object(
      of: Root.self, Self.members(repeat each input),
      choice: Schema.Choice(alternatives.names, isExclusive: alternatives.excludeOthers))
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

  /// Returns an error that names every invalid member.
  ///
  /// All members are read again, because the first error ended the first attempt.
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

/// Members of a body of which at least one is required.
package struct Alternatives: Sendable {
  let names: [String]
  let excludeOthers: Bool
  let violation: Violation

  /// Makes a set of alternatives.
  /// - Parameters:
  ///   - excludeOthers: whether exactly one of them is required.
  ///   - violation: the error for a body with none of them, or too many.
  package init(
    _ names: [String], excludeOthers: Bool = false, orElse violation: Violation
  ) {
    (self.names, self.excludeOthers, self.violation) = (names, excludeOthers, violation)
  }
}

extension WireInput {
  /// The body's schema for OpenAPI.
  package static var schema: Schema { inputs.schema }

  /// Reads an object; the error names every invalid field.
  package init(reading json: JSON) throws(Problem) {
    guard case .object(let members) = json else {
      throw .badRequest("The body must be a JSON object.")
    }
    self = try Self.inputs.read(members)
  }
}

extension Request {
  /// The maximum size of a JSON body in bytes.
  package static let jsonLimit = 1 << 20

  /// Returns the body as the route's wire type.
  /// - Throws: 400 when it is malformed or invalid, 413 when too long, 415 for another media type.
  package func json<Body: WireInput>(_ type: Body.Type) throws(Problem) -> Body {
    try Body(reading: json())
  }

  private func json() throws(Problem) -> JSON {
    if let mediaType, mediaType != "application/json", !mediaType.hasSuffix("+json") {
      throw Problem(415, "The Content-Type header must be application/json.")
    }
    return try JSON(parsing: body(limit: Self.jsonLimit))
  }

  /// Reads an optional body; an absent body is the same as `{}`.
  package func optionalJSON<Body: WireInput>(_ type: Body.Type) throws(Problem) -> Body {
    contentLength ?? 0 > 0 ? try json(type) : try Body(reading: .object([:]))
  }

  /// Reads an object whose members are in the query, in an optional JSON body, or in both.
  ///
  /// A member of the body takes precedence over one of the query, whose values are all strings.
  package func jsonOrQuery<Body: WireInput>(_ type: Body.Type) throws(Problem) -> Body {
    let query = try query()
    var members: [String: JSON] = [:]
    for member in Body.schema.members {
      members[member.name] = query[member.name].map(JSON.string)
    }
    guard contentLength ?? 0 > 0 else { return try Body(reading: .object(members)) }
    let body = try json()
    guard case .object(let own) = body else { return try Body(reading: body) }
    return try Body(reading: .object(members.merging(own) { $1 }))
  }
}
