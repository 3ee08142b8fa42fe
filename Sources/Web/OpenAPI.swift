internal import HTTP

/// Writes OpenAPI 3.1 from the table of routes, so that the document always matches the program.
package enum OpenAPI {
  /// Returns the whole document as JSON.
  package static func document(_ routes: [Route]) -> [UInt8] {
    var writer = JSONWriter(capacity: 256 << 10)
    writer.object { document in
      document.member("openapi", "3.1.0")
      document.key("info")
      document.object(writeInfo)
      document.key("paths")
      document.object { write(paths: routes, to: &$0) }
      document.key("components")
      document.object { write(componentsOf: routes, to: &$0) }
    }
    return writer.bytes
  }

  private static func writeInfo(to writer: inout JSONWriter) {
    writer.member("title", "Assay")
    writer.member("version", "1")
    writer.member(
      "description",
      "Sign in with POST /auth/login, and send its access_token with each request: "
        + "\"Authorization: Bearer <token>\". API keys are sent in the same way. "
        + Access.legend)
    writer.key("license")
    writer.object {
      $0.member("name", "MIT")
      $0.member("identifier", "MIT")
    }
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
  /// Paths that differ only in the names of parameters are one path. A parameter with several names
  /// is called `id` there, and each operation describes its own.
  package static func path(of route: Route, among routes: [Route]) -> String {
    let segments = route.pattern.split(separator: "/")
    let equals = routes.map { $0.pattern.split(separator: "/") }.filter { isSame($0, segments) }
    let documented = segments.indices.map { place in
      equals.allSatisfy { $0[place] == segments[place] } ? segments[place] : "{id}"
    }
    return "/" + documented.joined(separator: "/")
  }

  /// Whether two patterns differ at most in the names of parameters.
  private static func isSame(_ one: [Substring], _ other: [Substring]) -> Bool {
    one.count == other.count
      && zip(one, other).allSatisfy { $0 == $1 || $0.first == "{" && $1.first == "{" }
  }

  private static func write(componentsOf routes: [Route], to writer: inout JSONWriter) {
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
        write(content: Route.json, Problem.schema, to: &answer)
      }
    }
    writer.key("schemas")
    writer.object {
      for (name, schema) in schemas(of: routes) {
        $0.key(dynamic: name)
        schema.writeDefinition(to: &$0)
      }
    }
  }

  /// Returns the named schemas of all bodies, answers and errors.
  private static func schemas(of routes: [Route]) -> [(name: String, schema: Schema)] {
    var list: [(name: String, schema: Schema)] = []
    Problem.schema.collectNamed(into: &list)
    for route in routes {
      switch route.takes {
      case .json(let schema), .optionalJSON(let schema): schema.collectNamed(into: &list)
      case .form(let fields): fields.forEach { $0.schema.collectNamed(into: &list) }
      case .bytes, nil: break
      }
      route.gives.collectNamed(into: &list)
    }
    return list
  }
}
