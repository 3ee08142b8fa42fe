internal import HTTP

extension OpenAPI {
  /// Writes the operation of a route that is documented at a path.
  static func write(operation route: Route, at path: String, to writer: inout JSONWriter) {
    let words = route.name.split(separator: ".")
    writer.key("tags")
    words.prefix(1).map(String.init).write(to: &writer)
    writer.member("operationId", operationID(of: route))
    writer.member("summary", route.summary)
    writer.member("x-access", route.access.name)
    writeSecurity(of: route, to: &writer)
    write(Parameter.all(of: route, at: path), to: &writer)
    if let body = route.takes { write(body: body, to: &writer) }
    writer.key("responses")
    writer.object {
      $0.key(dynamic: String(route.status))
      $0.object { answer in
        answer.member("description", "Done.")
        if !route.types.isEmpty { write(content: route.types, route.gives, to: &answer) }
      }
      if route.mayBeEmpty {
        $0.key("204")
        $0.object { $0.member("description", "There is nothing.") }
      }
      $0.key("default")
      $0.object { $0.member("$ref", "#/components/responses/Problem") }
    }
  }

  /// Returns the id of a route's operation: `uploads.receive` is `uploadsReceive`, a name that all
  /// languages allow.
  package static func operationID(of route: Route) -> String {
    let words = route.name.split(separator: ".")
    return words.dropFirst().reduce(String(words.first ?? "")) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
  }

  /// Writes that a token is required, or that it may be sent.
  private static func writeSecurity(of route: Route, to writer: inout JSONWriter) {
    let isRequired = route.access.roles != nil
    guard isRequired || route.readsToken else { return }
    writer.key("security")
    writer.array {
      if !isRequired { $0.object { _ in } }
      $0.object { $0.member("bearer", [String]()) }
    }
  }

  private static func write(_ parameters: [Parameter], to writer: inout JSONWriter) {
    guard !parameters.isEmpty else { return }
    writer.key("parameters")
    writer.array { writer in
      for parameter in parameters {
        writer.object {
          $0.member("name", parameter.name)
          $0.member("in", parameter.place.rawValue)
          $0.member("description", parameter.summary)
          $0.member("required", parameter.isRequired)
          $0.key("schema")
          parameter.schema.write(to: &$0)
        }
      }
    }
  }

  private static func write(body: Route.Body, to writer: inout JSONWriter) {
    writer.key("requestBody")
    writer.object {
      if case .optionalJSON = body {} else { $0.member("required", true) }
      switch body {
      case .json(let schema), .optionalJSON(let schema):
        write(content: Route.json, schema, to: &$0)
      case .form(let fields):
        write(content: ["multipart/form-data"], .object([files] + fields), to: &$0)
      case .bytes(let types):
        write(content: types, .string(format: "binary"), to: &$0)
      }
    }
  }

  private static let files = Schema.Member(
    "files", .array(.string(format: "binary"), count: 1...Int.max), required: true)

  /// Writes the same schema for each media type.
  static func write(content types: [String], _ schema: Schema, to writer: inout JSONWriter) {
    writer.key("content")
    writer.object {
      for type in types {
        $0.key(dynamic: type)
        $0.object {
          $0.key("schema")
          schema.write(to: &$0)
        }
      }
    }
  }
}
