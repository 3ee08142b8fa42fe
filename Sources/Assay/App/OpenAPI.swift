internal import HTTP

/// OpenAPI 3.1 from the table of routes, so that the document cannot drift from the program.
package enum OpenAPI {
  /// The whole document as JSON.
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
    for route in routes where !patterns.contains(route.pattern) { patterns.append(route.pattern) }
    for pattern in patterns {
      writer.key(dynamic: pattern)
      writer.object {
        for route in routes where route.pattern == pattern {
          $0.key(dynamic: route.method.rawValue.lowercased())
          $0.object { write(operation: route, to: &$0) }
        }
      }
    }
  }

  private static func write(operation route: Route, to writer: inout JSONWriter) {
    writer.member("operationId", route.name)
    writer.member("summary", route.summary)
    writer.member("x-access", route.access.name)
    if route.access.roles != nil {
      writer.key("security")
      writer.array([()]) { _, writer in writer.object { $0.member("bearer", [String]()) } }
    }
    write(parametersOf: route, to: &writer)
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

  private static func write(parametersOf route: Route, to writer: inout JSONWriter) {
    let names = route.pattern.split(separator: "/").filter { $0.first == "{" }
    let inPath = names.map { Parameter(name: String($0.dropFirst().dropLast()), place: "path") }
    let parameters = route.isList ? inPath + Parameter.ofLists : inPath
    guard !parameters.isEmpty else { return }
    writer.key("parameters")
    writer.array(parameters) { parameter, writer in
      writer.object {
        $0.member("name", parameter.name)
        $0.member("in", parameter.place)
        $0.member("required", parameter.place == "path")
        $0.key("schema")
        parameter.schema.write(to: &$0)
      }
    }
  }

  /// What a request says beside its body.
  private struct Parameter {
    let name: String
    let place: String
    var schema = Schema.string(format: "uuid")

    /// Lists may be paged through.
    static let ofLists = [
      Parameter(name: "limit", place: "query", schema: .integer(1...1000)),
      Parameter(name: "after", place: "query"),
    ]
  }

  private static func write(body: Route.Body, to writer: inout JSONWriter) {
    writer.key("requestBody")
    writer.object {
      if case .optionalJSON = body {} else { $0.member("required", true) }
      switch body {
      case .json(let schema), .optionalJSON(let schema):
        write(content: "application/json", schema, to: &$0)
      case .form: write(content: "multipart/form-data", form, to: &$0)
      }
    }
  }

  private static let form = Schema.object([
    Schema.Member("files", .array(.string(format: "binary")), required: true)
  ])

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
        answer.member("description", "What went wrong, in one sentence.")
        write(content: "application/json", problem, to: &answer)
      }
    }
  }

  private static let problem = Schema.object([
    Schema.Member("detail", .string(), required: true),
    Schema.Member("request_id", .string(), required: true),
  ])
}
