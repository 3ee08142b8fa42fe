internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// The OpenAPI document, made from the table of routes and the wire types.
package enum Documentation {
  static let routes: [Route] = [
    .open(
      .root, .get, "/openapi.json", "documentation.openapi",
      "Returns this description of the interface.",
      gives: .map(nil), document),
    .open(
      .root, .get, "/health", "documentation.health",
      "Reports whether the service can answer requests.",
      gives: Health.schema, health),
    .open(
      .v1, .get, "/api/v1/health", "documentation.v1Health",
      "Reports whether the service can answer requests.",
      gives: Condition.schema, condition),
  ]

  /// The program's version, as printed by `assay --version`.
  package static let version = "0.1.0"

  /// The health answer of the face below `/api/v1`.
  struct Condition: WireOutput {
    static let fields: Fields<Condition> = [
      Field("status") { _ in "healthy" },
      Field("timestamp") { $0.time },
      Field("version") { _ in Documentation.version },
      Field("environment") { _ in "production" },
    ]
    let time: Timestamp
  }

  private static func condition(_ request: Request, _ context: Context) throws -> Response {
    try SessionQueries.ping(context.db)
    return .json(Condition(time: .now()))
  }

  struct Health: WireOutput {
    static let fields: Fields<Health> = [
      Field("status") { $0.status },
      Field("ai_detector") { $0.detector },
    ]
    let status: String
    /// The state of the detector: `off`, `on`, or `unavailable`; quality control works without it.
    let detector: String
  }

  /// The description, made once for all requests of a process.
  private static let whole = OpenAPI.document(Routes.all)

  private static func document(_ request: Request, _ context: Context) throws -> Response {
    .json(whole)
  }

  /// Answers 503 by the usual error handling when the database is unavailable.
  private static func health(_ request: Request, _ context: Context) throws -> Response {
    try SessionQueries.ping(context.db)
    return .json(Health(status: "healthy", detector: context.site.detectorHealth))
  }
}
