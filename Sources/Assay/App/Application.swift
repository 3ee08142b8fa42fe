package import HTTP

internal import Logging
internal import Postgres

/// Answers requests: finds the route, admits the caller, runs the handler, renders errors.
package struct Application: Sendable {
  private let router: Router<Route>

  /// The application with all its routes.
  package init(_ routes: [Route] = Routes.all) {
    router = Router(routes.map { ($0.method, $0.pattern, $0) })
  }

  /// The answer to a request; whatever goes wrong becomes an answer too.
  package func answer(_ request: Request, _ context: Context) -> Response {
    let origin = CrossOrigin(request, context.site.config.origins)
    var response = attempt(request, context, origin)
    origin.mark(&response)
    return UploadCheck.isAsked(by: request) ? UploadCheck.repeated(response) : response
  }

  private func attempt(
    _ request: Request, _ context: Context, _ origin: CrossOrigin
  ) -> Response {
    do {
      return try dispatch(request, context, origin)
    } catch let problem as Problem {
      return problem.response(
        requestID: request.id, namesFields: request.segments?.first == "api")
    } catch let error as StoreError {
      Self.report(error, request)
      return error.problem.response(requestID: request.id)
    } catch let error as PostgresError {
      return Self.problem(for: error, request).response(requestID: request.id)
    } catch {
      Self.report(error, request)
      return Problem(500, "Internal error.").response(requestID: request.id)
    }
  }

  private func dispatch(
    _ request: Request, _ context: Context, _ origin: CrossOrigin
  ) throws -> Response {
    guard let segments = request.segments else {
      throw Problem.badRequest("The path is not valid.")
    }
    switch router.match(request.method, segments) {
    case .notFound: throw Problem.notFound("page")
    case .methodNotAllowed(let allow):
      if let preflight = origin.preflight(request, allow) { return preflight }
      let methods = allow.map(\.rawValue).joined(separator: ", ")
      throw Problem(405, "This path answers \(methods) only.", headers: [("Allow", methods)])
    case .found(let route, let captures):
      request.captures = captures
      if route.access.roles == nil { context.leave() }
      return try route.answer(request, context)
    }
  }

  /// What the client is told of a database error.
  private static func problem(for error: PostgresError, _ request: Request) -> Problem {
    switch error {
    case .constraint(let name, _, _):
      if let problem = namedConstraints[name] { return problem }
    case .refused(sqlstate: Access.over, _): return Access.isOver
    case .unavailable, .timeout, .conflict, .refused(sqlstate: Access.changed, _):
      report(error, request)
      return .unavailable("The database is busy or restarting: try again in a moment.")
    case .refused, .unexpected: break
    }
    report(error, request)
    return Problem(500, "Internal error.")
  }

  /// The constraints that a client can run into, and what it is told then.
  private static let namedConstraints: [String: Problem] = [
    "account_username_taken": .conflict("That username is taken."),
    "account_email_taken": .conflict("That e-mail address is taken."),
    "account_last_admin": .conflict("The last admin stays one: name another one first."),
    "api_key_most_per_account": .conflict("There are 100 keys already: revoke one first."),
    "organization_most_per_account": .conflict(
      "The account has as many organizations as it may: ask those who run the site."),
    "organization_last_owner": .conflict("The last owner stays: name another one first."),
  ]

  private static func report(_ error: any Error, _ request: Request) {
    Logger.assay.error(
      "request failed",
      metadata: [
        "request_id": "\(request.id)", "path": "\(request.path)",
        "error": "\(error)",
      ])
  }
}
