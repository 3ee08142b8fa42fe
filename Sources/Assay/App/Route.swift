package import HTTP

internal import Postgres

/// One endpoint: everything about it on one line of its feature's table.
package final class Route: Sendable {
  /// What the client sends.
  package let method: Method
  /// Such as `/requests/{request}/uploads`.
  package let pattern: String
  /// Who may call it.
  package let access: Access
  /// Names the handler in goldens and OpenAPI: `uploads.receive`.
  package let name: String
  /// One sentence for the documentation.
  package let summary: String
  /// What the request's body is; nil when it has none.
  package let takes: Body?
  /// What the answer looks like.
  package let gives: Schema
  /// The status of an answer that went well.
  package let status: Int
  let answer: @Sendable (Request, Context) throws -> Response

  private init(
    _ method: Method, _ pattern: String, for access: Access, _ name: String, _ summary: String,
    takes: Body?, gives: Schema, status: Int,
    _ answer: @escaping @Sendable (Request, Context) throws -> Response
  ) {
    (self.method, self.pattern, self.access) = (method, pattern, access)
    (self.name, self.summary) = (name, summary)
    (self.takes, self.gives, self.status, self.answer) = (takes, gives, status, answer)
  }

  /// Whether the request's body is a form, which nginx asks about before it reads it.
  package var takesForm: Bool { if case .form = takes { true } else { false } }

  /// How clients page through the answer, which its shape tells.
  var paging: Paging {
    guard method == .get else { return .none }
    if case .array = gives { return name == "audit.list" ? .number : .cursor }
    let names = Set(gives.members.map(\.name))
    // A total may also be a number of its own, such as of a job's steps.
    guard gives.members.contains(where: { if case .array = $0.schema { true } else { false } })
    else { return .none }
    return names.contains("pages") ? .page : names.contains("total") ? .offset : .none
  }

  /// What a list is asked for beside its path.
  enum Paging {
    case none
    /// `?limit&after`, the id of a row.
    case cursor
    /// `?limit&after`, the number of a row.
    case number
    /// `?page&size`.
    case page
    /// `?limit&offset`.
    case offset
  }

  /// What a request's body is.
  package enum Body: Sendable {
    case json(Schema)
    /// Clients may leave it out.
    case optionalJSON(Schema)
    /// Files in the field `files`, and beside them these fields.
    case form([Schema.Member])

    /// Files alone.
    package static let form = Body.form([])
  }

  /// How often a request may begin again because the caller's rights have changed: since the token
  /// was made, or while it waited for a lock.
  private static let mostChanges = 4

  /// An endpoint for those who are signed in with a role that `access` names.
  /// - Parameter check: the checks of a form that need no body; they run before it is read.
  package static func on(
    _ method: Method, _ pattern: String, for access: Access, _ name: String, _ summary: String,
    takes: Body? = nil, gives: Schema, status: Int = 200,
    check: (@Sendable (Request, Context, Caller) throws -> Void)? = nil,
    _ handler: @escaping @Sendable (Request, Context, Caller) throws -> Response
  ) -> Route {
    let limit = RequestLimit(method, pattern)
    let isRecorded = Audit.records(name, method, pattern)
    return Route(
      method, pattern, for: access, name, summary, takes: takes, gives: gives, status: status
    ) { request, context in
      let caller = try Access.caller(of: request, context)
      let answer = { (caller: Caller) in
        context.enter(caller)
        do {
          try access.admit(caller, request)
          // Nobody streams us a form before we know that the session lives.
          if case .form = takes {
            try context.confirm()
            if UploadCheck.isAsked(by: request) {
              try check?(request, context, caller)
              return UploadCheck.allowed(caller)
            }
          }
          let left = try limit?.spend(caller, context) ?? []
          let handle = { try handler(request, context, caller) }
          var response =
            try isRecorded
            ? Audit.noting(name, by: caller, request, context, handle) : handle()
          response.headers += left
          try context.confirm()
          return response
        } catch {
          // Of two reasons for a refusal the session's comes first.
          try context.confirm()
          if let problem = error as? Problem, problem.status == 403 {
            try Audit.refused(caller, request, context)
          }
          throw error
        }
      }
      var current = caller
      for _ in 0..<mostChanges {
        do {
          return try answer(current)
        } catch PostgresError.refused(sqlstate: Access.changed, let claims) {
          // No statement was executed, so the request can begin again.
          current = try current.with(claims)
        }
      }
      return try answer(current)
    }
  }

  /// An endpoint for everybody.
  package static func open(
    _ method: Method, _ pattern: String, _ name: String, _ summary: String,
    takes: Body? = nil, gives: Schema, status: Int = 200,
    _ handler: @escaping @Sendable (Request, Context) throws -> Response
  ) -> Route {
    Route(
      method, pattern, for: .anyone, name, summary, takes: takes, gives: gives, status: status,
      handler)
  }
}
