import Assay
import HTTP
import Support
import Testing
import Web

@Suite("GET /openapi.json")
struct OpenAPITests {
  private let document: JSON
  init() throws { document = try TestSite().send("GET", "/openapi.json").json }

  private func operation(_ route: Route) throws -> JSON {
    let path = OpenAPI.path(of: route, among: Routes.all)
    return try document["paths"][path][route.method.rawValue.lowercased()]
  }

  @Test func namesEveryRoute() throws {
    #expect(try document["openapi"] == .string("3.1.0"))
    for route in Routes.all {
      let operation = try operation(route)
      #expect(try operation["operationId"] == .string(OpenAPI.operationID(of: route)))
      #expect(try operation["summary"] == .string(route.summary))
      #expect(try operation["responses"].keys.contains(String(route.status)))
      let readsToken = route.access.roles != nil || route.readsToken
      #expect(try operation.keys.contains("security") == readsToken)
      #expect(try operation.keys.contains("requestBody") == (route.takes != nil))
    }
    let paths = try document["paths"]
    let described = try paths.keys.map { try paths[$0].keys.count }.reduce(0, +)
    #expect(described == Routes.all.count)
  }

  @Test func eachRouteAppearsOnce() {
    let lines = Routes.all.map { "\($0.method.rawValue) \($0.pattern)" }
    #expect(Set(lines).count == lines.count)
    let names = Routes.all.map(\.name)
    #expect(Set(names).count == names.count)
  }

  /// Generators make a function of each id; some languages and file systems ignore case.
  @Test func operationIDsAreNamesInAnyLanguage() throws {
    let ids = Routes.all.map(OpenAPI.operationID)
    #expect(Set(ids.map { $0.lowercased() }).count == Routes.all.count)
    for id in ids { #expect(id.wholeMatch(of: /[a-z][A-Za-z0-9]*/) != nil, "\(id)") }
  }

  /// A type of a generated client has the members of one list, so alternatives would hide others.
  @Test func everySchemaIsOneTypeWithMembers() throws {
    var count = 0
    try forEachSchema(in: document) { schema, place in
      count += 1
      let keys = try schema.keys
      for word in ["oneOf", "allOf", "not"] { #expect(!keys.contains(word), "\(place)") }
      if keys.contains("anyOf") {
        let parts = try schema["anyOf"].elements
        #expect(keys == ["anyOf"] && parts.count == 2, "\(place)")
        #expect(parts.last == .object(["type": .string("null")]), "\(place)")
      } else if keys.contains("$ref") {
        #expect(keys == ["$ref"], "\(place)")
        let name = try schema["$ref"].string.split(separator: "/").last.map(String.init)
        #expect(try document["components"]["schemas"].keys.contains(name ?? ""), "\(place)")
      } else if try schema["type"] == .string("object") {
        let isMap = keys.contains("additionalProperties")
        #expect(try isMap || !schema["properties"].keys.isEmpty, "\(place)")
      } else {
        let type = try schema["type"]
        var types = if case .string(let one) = type { [one] } else { try type.strings }
        if types.count == 2 { #expect(types.removeLast() == "null", "\(place)") }
        let known = ["string", "integer", "number", "boolean", "array"]
        #expect(types.map(known.contains) == [true], "\(place)")
      }
    }
    #expect(count > 500)
  }

  /// Calls a function with each schema below a value: the values of certain members are schemas.
  private func forEachSchema(
    in json: JSON, at place: String = "", _ use: (JSON, String) throws -> Void
  ) throws {
    if case .array(let elements) = json {
      for element in elements { try forEachSchema(in: element, at: place, use) }
    }
    guard case .object(let members) = json else { return }
    for (name, value) in members {
      let place = "\(place)/\(name)"
      switch (name, value) {
      case ("schema", _), ("items", .object), ("additionalProperties", .object):
        try use(value, place)
      case ("properties", .object(let schemas)), ("schemas", .object(let schemas)):
        for (name, schema) in schemas { try use(schema, "\(place)/\(name)") }
      case ("anyOf", .array(let parts)):
        // The other part is the type null.
        for part in parts.prefix(1) { try use(part, place) }
      default: break
      }
      try forEachSchema(in: value, at: place, use)
    }
  }

  /// Two types with one name would share the definition of the first.
  @Test func aNameHasOneDefinition() throws {
    var definitions: [String: String] = [:]
    func visit(_ schema: Schema) {
      switch schema {
      case .array(let element, _, _), .nullable(let element), .map(let element?): visit(element)
      case .object(let members, let name, _):
        members.forEach { visit($0.schema) }
        guard let name else { return }
        var writer = JSONWriter()
        schema.writeDefinition(to: &writer)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(definitions[name] ?? text == text, "\(name)")
        definitions[name] = text
      default: break
      }
    }
    for route in Routes.all {
      visit(route.gives)
      if case .json(let schema) = route.takes { visit(schema) }
      if case .optionalJSON(let schema) = route.takes { visit(schema) }
    }
    visit(Problem.schema)
    #expect(try Set(document["components"]["schemas"].keys) == Set(definitions.keys))
    for name in definitions.keys {
      #expect(name.wholeMatch(of: /[A-Z][A-Za-z0-9]*/) != nil, "\(name)")
    }
  }

  @Test func aChoiceOfMembersIsSaidInWords() throws {
    let schemas = try document["components"]["schemas"]
    let signIn = try schemas["AccountsSignIn"]
    #expect(
      try signIn["description"].string
        == "At least one of username, email and name is required.")
    #expect(try signIn["x-any-of"].strings == ["username", "email", "name"])
    #expect(try signIn["required"].strings == ["password"])
    let work = try schemas["AssignmentsAppointment"]
    #expect(
      try work["description"].string == "Exactly one of request_id and task_id is required.")
    #expect(try work["x-one-of"].strings == ["request_id", "task_id"])
  }

  /// A parameter is never called after another route's.
  @Test func parametersHaveTheirOwnNames() throws {
    for route in Routes.all {
      let own = route.pattern.split(separator: "/").filter { $0.first == "{" }
        .map { String($0.dropFirst().dropLast()) }
      guard !own.isEmpty else { continue }
      let parameters = try operation(route)["parameters"].elements
        .filter { try $0["in"].string == "path" }
      #expect(parameters.count == own.count)
      for (parameter, own) in zip(parameters, own) {
        let name = try parameter["name"].string
        #expect(name == own || name == "id", "\(route.testDescription): \(name)")
        let isOfAnUpload = own == "upload"
        #expect(try isOfAnUpload || parameter["description"].string == "The id of the \(own).")
      }
    }
    #expect(try document["paths"].keys.contains("/api/files/{id}"))
  }

  /// Sends each route that reads, and compares the type of the answer with the document.
  @Test func answersHaveADocumentedType() throws {
    try Neighbours.use { neighbours in
      for route in Routes.all where route.method == .get {
        let segments = try route.pattern.split(separator: "/").map { segment in
          guard segment.first == "{" else { return String(segment) }
          return try #require(neighbours.one.ids[String(segment.dropFirst().dropLast())])
        }
        let reader = neighbours.one.person(route.access) ?? neighbours.admin(route.access)
        let picture = try #require(neighbours.one.ids["file"])
        let query = route.name == "tasks.links" ? "?image_id=\(picture)" : ""
        let answer = try neighbours.site.send(
          "GET", "/" + segments.joined(separator: "/") + query, as: reader)
        #expect(answer.status == 200, "\(route.testDescription): \(answer.text)")
        let type = answer.headers["Content-Type"]?.prefix { $0 != ";" } ?? ""
        let documented = try operation(route)["responses"]["200"]["content"].keys
        #expect(documented.contains(String(type)), "\(route.testDescription): \(type)")
      }
    }
  }

  /// Generators read a download as JSON unless this type comes first.
  @Test func downloadsAreBytes() throws {
    let text = try TestSite().send("GET", "/openapi.json").text
    let start = try #require(text.firstRange(of: #""operationId":"filesDownload""#))
    let content = try #require(text[start.upperBound...].firstRange(of: #""content":{"#))
    let rest = text[content.upperBound...]
    #expect(
      rest.hasPrefix(
        #""application/octet-stream":{"schema":{"type":"string","format":"binary"}}"#))
  }
}
