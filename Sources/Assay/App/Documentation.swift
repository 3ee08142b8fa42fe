internal import HTTP

/// The OpenAPI document, made from the table of routes and the wire types.
enum Documentation {
  static let routes: [Route] = [
    .open(
      .get, "/openapi.json", "documentation.openapi", "Describes this interface.",
      gives: .object([]), document),
    .open(
      .get, "/health", "documentation.health", "Tells whether the service can answer.",
      gives: Health.schema, health),
  ]

  struct Health: WireOutput {
    static let fields: [Field<Health>] = [Field("status") { $0.status }]
    let status: String
  }

  private static func document(_ request: Request, _ context: Context) throws -> Response {
    .json(OpenAPI.document(Routes.all))
  }

  /// Answers 503 through the usual way when the database cannot be reached.
  private static func health(_ request: Request, _ context: Context) throws -> Response {
    try SessionQueries.ping(context.db)
    return .json(Health(status: "healthy"))
  }
}
