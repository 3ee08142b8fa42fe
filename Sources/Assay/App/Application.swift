package import HTTP
package import Web

internal import Logging
internal import Postgres
internal import Site
internal import Storage
internal import Synchronization
internal import Vocabulary

/// Answers requests: finds the route, checks the caller, runs the handler, renders errors.
package struct Application: Sendable {
  private let router: Router<Route>

  /// Makes an application with these routes.
  package init(_ routes: [Route] = Routes.all) {
    router = Router(routes.map { ($0.method, $0.pattern, $0) })
  }

  /// Returns the answer to a request; errors are rendered as answers too.
  package func answer(_ request: Request, _ context: Context) -> Response {
    LogScope.with(request: request.id) { answered(request, context) }
  }

  private func answered(_ request: Request, _ context: Context) -> Response {
    let origin = CrossOrigin(request, context.site.config.origins)
    reportDifference(origin)
    var response = attempt(request, context, origin)
    origin.mark(&response)
    return UploadCheck.isAsked(by: request) ? UploadCheck.repeated(response) : response
  }

  private func attempt(
    _ request: Request, _ context: Context, _ origin: CrossOrigin
  ) -> Response {
    // Until a route is found, errors use the root face's form.
    var face = Face.root
    do {
      switch try find(request, origin) {
      case .answer(let response): return response
      case .route(let route):
        face = route.face
        try context.expectStore()
        return try route.answer(request, context)
      }
    } catch {
      return Self.problem(for: error, request, context)
        .response(requestID: request.id, namesFields: face.namesFields)
    }
  }

  private static let isDifferenceReported = Atomic<Bool>(false)

  /// Logs, once per process, that nginx has another list of origins.
  private func reportDifference(_ origin: CrossOrigin) {
    guard let difference = origin.difference,
      !Self.isDifferenceReported.exchange(true, ordering: .relaxed)
    else { return }
    Logger.assay.error(
      "nginx has another list of origins: run `assay nginx-origins` as docs/settings.md says",
      metadata: ["assay": "\(difference.own)", "nginx": "\(difference.nginx)"])
  }

  private enum Found {
    case route(Route)
    /// The answer to a browser's preflight request.
    case answer(Response)
  }

  private func find(_ request: Request, _ origin: CrossOrigin) throws(Problem) -> Found {
    guard let segments = request.segments else {
      throw .badRequest("The path is not valid.")
    }
    switch router.match(request.method, segments) {
    case .notFound: throw .notFound("path")
    case .methodNotAllowed(let allow):
      if let preflight = origin.preflight(request, allow) { return .answer(preflight) }
      let methods = allow.map(\.rawValue).joined(separator: ", ")
      throw Problem(405, "This path supports only \(methods).", headers: [("Allow", methods)])
    case .found(let route, let captures):
      request.captures = captures
      return .route(route)
    }
  }

  /// Returns the client's error for any error, and logs errors that are not the client's fault.
  private static func problem(
    for error: any Error, _ request: Request, _ context: Context
  ) -> Problem {
    switch error {
    case let problem as Problem: return problem
    case let error as PostgresError: return problem(for: error, request, context)
    // `StoreWatch` has logged it once.
    case let absence as StoreAbsence: return absence.problem
    case let error as StoreError:
      report(error, request)
      return error.problem
    default:
      report(error, request)
      return Problem(500, "Internal error.")
    }
  }

  /// Returns the client's error for a database error.
  private static func problem(
    for error: PostgresError, _ request: Request, _ context: Context
  ) -> Problem {
    switch error {
    case .constraint("sign_up_invitation", _, let reason):
      return (InvitationQueries.Outcome(rawValue: reason) ?? .unknown).problem
    case .constraint(let name, _, _):
      if let problem = namedConstraints[name] { return problem }
    case .refused(sqlstate: Access.over, _): return Access.isOver
    case .unavailable, .timeout, .conflict, .refused(sqlstate: Access.changed, _):
      // The line of the answer has the status 503.
      if !error.isExplained { report(error, request) }
      return .unavailable("The database is busy or restarting: try again in a moment.")
    case .refused, .unexpected: break
    }
    report(error, request)
    return error.isSetupFault && !isWhole(context)
      ? databaseIsNotSetUp : Problem(500, "Internal error.")
  }

  /// Whether the database has all that this version needs, as far as it can be asked.
  ///
  /// A wrong statement of ours fails with the same SQLSTATE as a correct one in a database that
  /// was not migrated, or was restored without rights.
  private static func isWhole(_ context: Context) -> Bool {
    let folder = context.site.config.migrations
    let whole = try? context.withoutScope { db in
      try DatabaseCheck(db, migrations: folder).isWhole(for: .application)
    }
    return whole ?? false
  }

  /// Another attempt does not help, so the sentence is not that of a busy database.
  private static let databaseIsNotSetUp = Problem(
    503,
    "The database is not set up for this version of the service: the operator must run "
      + "`assay check`.", headers: [("Retry-After", "10")])

  /// The constraints that a client can violate, and their errors.
  private static let namedConstraints: [String: Problem] = [
    "account_username_taken": .conflict("That username is taken."),
    "account_email_taken": .conflict("That e-mail address is taken."),
    "account_last_admin": .conflict(
      "This is the last admin: make another account admin first."),
    "api_key_most_per_account": .conflict(
      "The account has the maximum number of keys: revoke one first."),
    "organization_most_per_account": .conflict(
      "The account has the maximum number of organizations: ask an administrator for more."),
    "organization_last_owner": .conflict(
      "This is the last owner: make another member an owner first."),
    "sign_up_by_invitation": SignUpRule.refusal,
  ]

  private static func report(_ error: any Error, _ request: Request) {
    Logger.assay.error(
      "request failed", metadata: ["path": "\(request.path)", "error": "\(error)"])
  }
}
