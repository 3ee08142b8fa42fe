/// The JSON Schema of a wire value, as OpenAPI 3.1 needs it.
package indirect enum Schema: Sendable {
  case string(format: String? = nil, length: ClosedRange<Int>? = nil, pattern: String? = nil)
  case choice([String])
  case integer(ClosedRange<Int>? = nil)
  case number(ClosedRange<Double>? = nil, isExclusive: Bool = false)
  case boolean
  case array(Schema, count: ClosedRange<Int>? = nil, isSet: Bool = false)
  case nullable(Schema)
  /// An object with these members; the document describes a named one once, in its components.
  case object([Member], named: String? = nil, choice: Choice? = nil)
  /// An object whose members can have any name; nil when they can have any type.
  case map(Schema?)

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
  }

  /// Members of an object of which at least one, or exactly one, is required.
  package struct Choice: Sendable {
    /// The members' names.
    package let names: [String]
    /// Whether only one of them may be present.
    package let isExclusive: Bool

    /// Makes a choice of members.
    package init(_ names: [String], isExclusive: Bool) {
      (self.names, self.isExclusive) = (names, isExclusive)
    }
  }

  /// The members of an object; empty for other schemas.
  package var members: [Member] {
    if case .object(let members, _, _) = self { members } else { [] }
  }

  /// The name of an object's schema; nil for other schemas.
  package var name: String? {
    if case .object(_, let name, _) = self { name } else { nil }
  }

  /// Returns the schema of a type's objects: `Accounts.User` is named `AccountsUser`.
  package static func object<Wire>(
    of type: Wire.Type, _ members: [Member], choice: Choice? = nil
  ) -> Schema {
    // The first part is the module's name; parts in parentheses tell private types apart.
    let parts = String(reflecting: type).split(separator: ".").dropFirst()
    let words = parts.filter { $0.allSatisfy { $0.isLetter || $0.isNumber } }
    return .object(members, named: words.joined(), choice: choice)
  }
}
