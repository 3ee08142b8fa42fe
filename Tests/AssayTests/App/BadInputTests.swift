import Assay
import HTTP
import Support
import Testing
import Web

/// Sends bad bodies and bad ids to every route that takes bodies or ids.
@Suite("Bad input")
struct BadInputTests {
  private static let takesJSON = Routes.all.filter { members(of: $0) != nil }
  private static let takesIDs = Routes.all.filter {
    $0.pattern.contains("{") && $0.access.roles != nil
  }

  /// The members of a route's JSON body; nil when it takes none.
  private static func members(of route: Route) -> [Schema.Member]? {
    switch route.takes {
    case .json(let schema), .optionalJSON(let schema): schema.members
    default: nil
    }
  }

  @Test(arguments: takesJSON) func malformedJSONIsRefused(route: Route) throws {
    try Neighbours.use { neighbours in
      let isOptional = if case .optionalJSON = route.takes { true } else { false }
      for body in BadBody.malformed where !(isOptional && body.isEmpty) {
        let answer = try Self.send(route, neighbours, json: body)
        Self.expectRefusal(answer, 400...422, "\(body)")
      }
    }
  }

  @Test(arguments: takesJSON) func anotherContentTypeIsRefused(route: Route) throws {
    try Neighbours.use { neighbours in
      let answer = try Self.send(
        route, neighbours, json: "{}", headers: ["CONTENT_TYPE": "text/plain"])
      Self.expectRefusal(answer, 415...415, "text/plain")
    }
  }

  @Test(arguments: takesJSON) func deepAndLongBodiesAreRefused(route: Route) throws {
    try Neighbours.use { neighbours in
      let deep = String(repeating: "[", count: 100_000)
      Self.expectRefusal(try Self.send(route, neighbours, json: deep), 400...422, "deep")
      let long = "\"" + String(repeating: "x", count: 2 << 20) + "\""
      Self.expectRefusal(try Self.send(route, neighbours, json: long), 413...413, "long")
    }
  }

  @Test(arguments: takesJSON) func aMemberOfAnotherTypeIsNamed(route: Route) throws {
    try Neighbours.use { neighbours in
      for member in try #require(Self.members(of: route)) {
        for value in Self.wrongValues(member.schema) {
          let body = Self.body(of: route, neighbours, replacing: member.name, by: value)
          let answer = try Self.send(route, neighbours, json: body)
          Self.expectRefusal(answer, 400...422, body)
          #expect(answer.text.contains(member.name), "\(body): \(answer.text)")
        }
      }
    }
  }

  @Test(arguments: takesJSON) func aMissingMemberIsNamed(route: Route) throws {
    try Neighbours.use { neighbours in
      for member in try #require(Self.members(of: route)) where member.required {
        for value in [nil, "null"] {
          let body = Self.body(of: route, neighbours, replacing: member.name, by: value)
          let answer = try Self.send(route, neighbours, json: body)
          Self.expectRefusal(answer, 400...422, body)
          #expect(answer.text.contains(member.name), "\(body): \(answer.text)")
        }
      }
    }
  }

  @Test(arguments: takesIDs) func aMalformedIDIsRefused(route: Route) throws {
    try Neighbours.use { neighbours in
      for segment in route.pattern.split(separator: "/") where segment.first == "{" {
        for id in ["1", "not-an-id", unknownID + "0", "%00", "%C3"] {
          let pattern = route.pattern.replacing(segment, with: id)
          let answer = try Self.send(route, neighbours, pattern: pattern, json: nil)
          Self.expectRefusal(answer, 400...422, pattern)
        }
      }
    }
  }

  /// Expects one sentence, in the form of the route's face.
  private static func expectRefusal(_ answer: Answer, _ status: ClosedRange<Int>, _ what: String) {
    #expect(status.contains(answer.status), "\(answer.status) for \(what.prefix(80))")
    #expect(
      answer.text.contains("\"detail\":") || answer.text.contains("\"message\":"),
      "\(answer.text)")
  }

  /// Values that are invalid for every member of this type.
  private static func wrongValues(_ schema: Schema) -> [String] {
    switch schema {
    case .string("uuid", _, _): ["7", "[]", #""not-an-id""#]
    case .string: ["7", "[]", "{}", "true"]
    case .choice: ["7", #""no such word""#]
    case .integer, .number: [#""one""#, "[]", "true"]
    case .boolean: [#""yes""#, "1"]
    case .array: [#""one""#, "{}", "7"]
    case .object, .map: [#""one""#, "[]"]
    case .nullable(let schema): wrongValues(schema)
    }
  }

  /// A body with the required members, of which one is replaced, added, or left out.
  private static func body(
    of route: Route, _ neighbours: borrowing Neighbours, replacing name: String, by value: String?
  ) -> String {
    let ids = neighbours.one.ids
    let sample = SampleBody { ids[$0] }
    let pairs = (members(of: route) ?? []).compactMap { member in
      let own = member.required ? sample.text(member.schema, named: member.name) : nil
      let chosen = member.name == name ? value : own
      return chosen.map { "\"\(member.name)\":\($0)" }
    }
    return "{\(pairs.joined(separator: ","))}"
  }

  /// Sends a request to a route for the first organization, as a person whom the route admits.
  private static func send(
    _ route: Route, _ neighbours: borrowing Neighbours, pattern: String? = nil, json: String?,
    headers: [String: String] = [:]
  ) throws -> Answer {
    let one = neighbours.one
    let segments = try (pattern ?? route.pattern).split(separator: "/").map { segment in
      guard segment.first == "{" else { return String(segment) }
      return try #require(one.ids[String(segment.dropFirst().dropLast())])
    }
    let (customer, admin) = (one.person(route.access), neighbours.admin(route.access))
    return try neighbours.site.send(
      route.method.rawValue, "/" + segments.joined(separator: "/"), as: customer ?? admin,
      json: json, headers: headers)
  }
}
