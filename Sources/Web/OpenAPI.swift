internal import HTTP

/// Writes OpenAPI 3.1 from the table of routes, so that the document always matches the program.
package enum OpenAPI {
  /// Returns the whole document as JSON.
  package static func document(_ routes: [Route]) -> [UInt8] {
    var writer = JSONWriter(capacity: 64 << 10)
    writer.object { document in
      document.member("openapi", "3.1.0")
      document.key("info")
      document.object {
        $0.member("title", "Assay")
        $0.member("version", "1")
      }
      document.key("paths")
      document.object { write(paths: routes, to: &$0) }
      document.key("components")
      document.object(writeComponents)
    }
    return writer.bytes
  }

  private static func write(paths routes: [Route], to writer: inout JSONWriter) {
    var patterns: [String] = []
    let places = routes.map { path(of: $0, among: routes) }
    for place in places where !patterns.contains(place) { patterns.append(place) }
    for pattern in patterns {
      writer.key(dynamic: pattern)
      writer.object {
        for (route, place) in zip(routes, places) where place == pattern {
          $0.key(dynamic: route.method.rawValue.lowercased())
          $0.object { write(operation: route, at: pattern, to: &$0) }
        }
      }
    }
  }

  /// Returns the path under which a route is documented.
  ///
  /// Paths that differ only in the names of parameters are one path, with the names of the first
  /// route.
  package static func path(of route: Route, among routes: [Route]) -> String {
    func shape(_ pattern: String) -> [Substring] {
      pattern.split(separator: "/").map { $0.first == "{" ? "{}" : $0 }
    }
    let wanted = shape(route.pattern)
    return routes.first { shape($0.pattern) == wanted }?.pattern ?? route.pattern
  }

  private static func write(
    operation route: Route, at path: String, to writer: inout JSONWriter
  ) {
    writer.member("operationId", route.name)
    writer.member("summary", route.summary)
    writer.member("x-access", route.access.name)
    if route.access.roles != nil {
      writer.key("security")
      writer.array { $0.object { $0.member("bearer", [String]()) } }
    }
    write(parametersOf: route, at: path, to: &writer)
    if let body = route.takes { write(body: body, to: &writer) }
    writer.key("responses")
    writer.object {
      $0.key(dynamic: String(route.status))
      $0.object { answer in
        answer.member("description", "Done.")
        write(content: "application/json", route.gives, to: &answer)
      }
      $0.key("default")
      $0.object { $0.member("$ref", "#/components/responses/Problem") }
    }
  }

  private static func write(
    parametersOf route: Route, at path: String, to writer: inout JSONWriter
  ) {
    let names = path.split(separator: "/").filter { $0.first == "{" }
    let inPath = names.map { Parameter(name: String($0.dropFirst().dropLast()), place: "path") }
    let parameters =
      inPath + Parameter.of(route.paging)
      + route.query.map {
        Parameter(name: $0.name, place: "query", schema: $0.schema, isRequired: $0.isRequired)
      }
    guard !parameters.isEmpty else { return }
    writer.key("parameters")
    writer.array { writer in
      for parameter in parameters {
        writer.object {
          $0.member("name", parameter.name)
          $0.member("in", parameter.place)
          $0.member("required", parameter.place == "path" || parameter.isRequired)
          $0.key("schema")
          parameter.schema.write(to: &$0)
        }
      }
    }
  }

  /// A parameter of the path or the query.
  private struct Parameter {
    let name: String
    let place: String
    var schema = Schema.string(format: "uuid")
    var isRequired = false

    /// Returns the query parameters of a list.
    static func of(_ paging: Paging) -> [Parameter] {
      switch paging {
      case .none: []
      case .cursor: [number("limit", Paging.limits), Parameter(name: "after", place: "query")]
      case .number: [number("limit", Paging.limits), number("after", 1...Int.max)]
      case .page: [number("page", Paging.pages), number("size", Paging.sizes)]
      case .offset: [number("limit", Paging.limits), number("offset", Paging.offsets)]
      }
    }

    private static func number(_ name: String, _ range: ClosedRange<Int>) -> Parameter {
      Parameter(name: name, place: "query", schema: .integer(range))
    }
  }

  private static func write(body: Route.Body, to writer: inout JSONWriter) {
    writer.key("requestBody")
    writer.object {
      if case .optionalJSON = body {} else { $0.member("required", true) }
      switch body {
      case .json(let schema), .optionalJSON(let schema):
        write(content: "application/json", schema, to: &$0)
      case .form(let fields):
        write(content: "multipart/form-data", .object([files] + fields), to: &$0)
      }
    }
  }

  private static let files = Schema.Member(
    "files", .array(.string(format: "binary"), count: 1...Int.max), required: true)

  private static func write(content type: String, _ schema: Schema, to writer: inout JSONWriter) {
    writer.key("content")
    writer.object {
      $0.key(dynamic: type)
      $0.object {
        $0.key("schema")
        schema.write(to: &$0)
      }
    }
  }

  private static func writeComponents(to writer: inout JSONWriter) {
    writer.key("securitySchemes")
    writer.object {
      $0.key("bearer")
      $0.object {
        $0.member("type", "http")
        $0.member("scheme", "bearer")
      }
    }
    writer.key("responses")
    writer.object {
      $0.key("Problem")
      $0.object { answer in
        answer.member("description", "The error, as one sentence.")
        write(content: "application/json", problem, to: &answer)
      }
    }
  }

  private static let problem = Schema.object([
    Schema.Member("detail", .string(), required: true),
    Schema.Member("request_id", .string(), required: true),
  ])
}
