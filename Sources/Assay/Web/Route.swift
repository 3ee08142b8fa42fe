package import HTTP

/// One endpoint: everything about it stands on one line of its feature's table.
package final class Route: Sendable {
  /// The interface it belongs to.
  package let face: Face
  /// What it does, and what the audit log keeps of it.
  package let verb: Verb
  /// Such as `/requests/{request}/uploads`.
  package let pattern: String
  /// Who may call it.
  package let access: Access
  /// Names the handler in goldens, OpenAPI and the audit log: `uploads.receive`.
  package let name: String
  /// One sentence for the documentation.
  package let summary: String
  /// What the request's body is; nil when it has none.
  package let takes: Body?
  /// What the answer looks like.
  package let gives: Schema
  /// The status of a successful answer; handlers do not repeat it.
  package let status: Int
  /// How clients page through the answer.
  package let paging: Paging
  let handler: Handler

  /// What the client sends.
  package var method: Method { verb.method }
  /// Whether the request's body is a form, which nginx asks about before it reads it.
  package var takesForm: Bool { if case .form = takes { true } else { false } }

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

  /// What answers the requests of a route.
  enum Handler: Sendable {
    /// Answers everybody.
    case open(OpenHandler)
    /// Answers nginx, which asks before it takes a body and then answers the client by itself.
    case permit(OpenHandler)
    /// Answers callers that `access` admits.
    case admitted(AdmittedHandler, check: Check?)
  }

  /// Answers without knowing who asks.
  package typealias OpenHandler = @Sendable (Request, Context) throws -> Response
  /// Answers a caller.
  package typealias AdmittedHandler = @Sendable (Request, Context, Caller) throws -> Response
  /// Checks a form before its body is read.
  package typealias Check = @Sendable (Request, Context, Caller) throws -> Void

  private init(
    _ face: Face, _ verb: Verb, _ pattern: String, for access: Access, _ name: String,
    _ summary: String, takes: Body? = nil, gives: Schema, status: Int = 200,
    paging: Paging = .none, _ handler: Handler
  ) {
    (self.face, self.verb, self.pattern, self.access) = (face, verb, pattern, access)
    (self.name, self.summary) = (name, summary)
    (self.takes, self.gives, self.status, self.paging) = (takes, gives, status, paging)
    self.handler = handler
  }

  /// An endpoint for accounts that `access` admits.
  /// - Parameter check: the checks of a form that need no body; they run before it is read.
  package static func on(
    _ face: Face, _ verb: Verb, _ pattern: String, for access: Access, _ name: String,
    _ summary: String, takes: Body? = nil, gives: Schema, status: Int = 200,
    paging: Paging = .none, check: Check? = nil, _ handler: @escaping AdmittedHandler
  ) -> Route {
    Route(
      face, verb, pattern, for: access, name, summary, takes: takes, gives: gives,
      status: status, paging: paging, .admitted(handler, check: check))
  }

  /// A list of bare rows; the handler answers with `Listing.respond`.
  package static func list<Row: ListedRow>(
    _ face: CursorFace, _ pattern: String, for access: Access, _ name: String,
    _ summary: String, of row: Row.Type, _ handler: @escaping AdmittedHandler
  ) -> Route {
    Route(
      face.face, .get, pattern, for: access, name, summary, gives: .array(Row.schema),
      paging: face.face.paging, .admitted(handler, check: nil))
  }

  /// A list with a total; the handler finds the rows of a window and counts all.
  package static func list<Row: WireOutput>(
    _ face: CountedFace, _ pattern: String, for access: Access, _ name: String,
    _ summary: String, of row: Row.Type,
    _ handler: @escaping @Sendable (Request, Context, Caller, Window) throws -> Counted<Row>
  ) -> Route {
    Route(
      face.face, .get, pattern, for: access, name, summary, gives: face.schema(of: Row.schema),
      paging: face.face.paging,
      .admitted(
        { request, context, caller in
          let window = try face.window(of: request)
          return face.json(try handler(request, context, caller, window), window)
        }, check: nil))
  }

  /// An endpoint for everybody.
  package static func open(
    _ face: Face, _ verb: Verb, _ pattern: String, _ name: String, _ summary: String,
    takes: Body? = nil, gives: Schema, status: Int = 200, _ handler: @escaping OpenHandler
  ) -> Route {
    Route(
      face, verb, pattern, for: .anyone, name, summary, takes: takes, gives: gives,
      status: status, .open(handler))
  }

  /// An endpoint whose bodies nginx takes: it asks the handler first and answers with `status`.
  package static func permit(
    _ face: Face, _ verb: Verb, _ pattern: String, _ name: String, _ summary: String,
    gives: Schema, status: Int, _ handler: @escaping OpenHandler
  ) -> Route {
    Route(
      face, verb, pattern, for: .anyone, name, summary, gives: gives, status: status,
      .permit(handler))
  }
}
