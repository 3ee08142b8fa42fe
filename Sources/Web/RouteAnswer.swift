package import HTTP

internal import Postgres

extension Route {
  /// The maximum number of restarts of a request whose caller's rights change.
  ///
  /// Rights may change after the token was made, or while the request waits for a lock.
  private static let mostChanges = 4

  /// Answers a request to this route.
  package func answer(_ request: Request, _ context: Context) throws -> Response {
    switch handler {
    case .open(let handle):
      context.leave()
      var response = try recorded(nil, request, context) { try handle(request, context) }
      response.status = status
      return response
    case .permit(let handle):
      context.leave()
      return try recorded(nil, request, context) { try handle(request, context) }
    case .admitted(let handle, let check):
      return try answer(request, context, check) { caller in
        try handle(request, context, caller)
      }
    }
  }

  /// Finds the caller, and restarts when the caller's rights differ from the token.
  private func answer(
    _ request: Request, _ context: Context, _ check: Check?,
    _ handle: (Caller) throws -> Response
  ) throws -> Response {
    var caller = try Access.caller(of: request, context)
    for _ in 0..<Self.mostChanges {
      do {
        return try answer(caller, request, context, check, handle)
      } catch PostgresError.refused(sqlstate: Access.changed, let claims) {
        // No statement was executed, so the request can start again.
        caller = try caller.with(claims)
      }
    }
    return try answer(caller, request, context, check, handle)
  }

  private func answer(
    _ caller: Caller, _ request: Request, _ context: Context, _ check: Check?,
    _ handle: (Caller) throws -> Response
  ) throws -> Response {
    context.enter(caller)
    do {
      try context.noteUse(by: caller, request)
      try access.admit(caller, request)
      if takesForm, let asked = try askedFirst(caller, request, context, check) { return asked }
      let limits = try face.limit?.spend(caller, context) ?? []
      var response = try recorded(caller, request, context) { try handle(caller) }
      if !(mayBeEmpty && response.status == Response.empty.status) { response.status = status }
      response.headers += limits
      try context.confirm()
      return response
    } catch {
      // An ended session takes precedence over other reasons for a refusal.
      try context.confirm()
      if let problem = error as? Problem, problem.status == 403 {
        try AuditLog.refused(caller, request, context)
      }
      throw error
    }
  }

  /// Checks the session before a form is read; answers nginx's permission request.
  private func askedFirst(
    _ caller: Caller, _ request: Request, _ context: Context, _ check: Check?
  ) throws -> Response? {
    try context.confirm()
    guard UploadCheck.isAsked(by: request) else { return nil }
    try check?(request, context, caller)
    return UploadCheck.allowed(caller)
  }

  /// Runs a handler, and writes an audit entry when the route requires one.
  private func recorded(
    _ caller: Caller?, _ request: Request, _ context: Context, _ handle: () throws -> Response
  ) throws -> Response {
    guard verb.audit == .byRoute else { return try handle() }
    return try AuditLog.noting(name, by: caller, request, context, handle)
  }
}
