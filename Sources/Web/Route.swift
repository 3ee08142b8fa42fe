package import HTTP

/// One endpoint, described on one line of its feature's table.
package final class Route: Sendable {
  /// The interface of the route.
  package let face: Face
  /// The method and the audit rule.
  package let verb: Verb
  /// The path, for example `/requests/{request}/uploads`.
  package let pattern: String
  /// The rule for which callers may use it.
  package let access: Access
  /// The handler's name in goldens, OpenAPI and the audit log, for example `uploads.receive`.
  package let name: String
  /// One sentence for the documentation.
  package let summary: String
  /// The form of the request's body; nil for none.
  package let takes: Body?
  /// The parameters of the path and the query, without ids and those of paging.
  package let parameters: [Parameter]
  /// The schema of the answer.
  package let gives: Schema
  /// The media types of the answer; none for an answer without a body.
  package let types: [String]
  /// The status of a successful answer, which handlers do not set.
  package let status: Int
  /// The paging of the answer.
  package let paging: Paging
  /// Whether a route for everyone also reads a token.
  package let readsToken: Bool
  /// Whether the answer may be 204, which says that there is nothing.
  package let mayBeEmpty: Bool
  let handler: Handler

  /// The HTTP method.
  package var method: Method { verb.method }
  /// Whether the request's body is a form; nginx asks for permission before it reads one.
  package var takesForm: Bool { if case .form = takes { true } else { false } }

  /// The form of a request's body.
  package enum Body: Sendable {
    case json(Schema)
    /// A JSON body that clients may omit.
    case optionalJSON(Schema)
    /// Files in the field `files`, and these other fields.
    case form([Schema.Member])
    /// The bytes of one file, of one of these media types.
    case bytes([String])

    /// A form with files only.
    package static let form = Body.form([])
  }

  /// The function that answers the requests of a route.
  enum Handler: Sendable {
    /// Answers everyone.
    case open(OpenHandler)
    /// Answers nginx's permission request; nginx then receives the body and answers the client.
    case permit(OpenHandler)
    /// Answers callers that `access` admits.
    case admitted(AdmittedHandler, check: Check?)
  }

  /// A handler without a caller.
  package typealias OpenHandler = @Sendable (Request, Context) throws -> Response
  /// A handler with a caller.
  package typealias AdmittedHandler = @Sendable (Request, Context, Caller) throws -> Response
  /// A check of a form before its body is read.
  package typealias Check = @Sendable (Request, Context, Caller) throws -> Void

  /// The media types of most answers.
  package static let json = ["application/json"]

  private init(
    _ face: Face, _ verb: Verb, _ pattern: String, for access: Access, _ name: String,
    _ summary: String, takes: Body? = nil, parameters: [Parameter] = [], gives: Schema,
    as types: [String] = json, status: Int = 200, paging: Paging = .none,
    readsToken: Bool = false, mayBeEmpty: Bool = false, _ handler: Handler
  ) {
    (self.face, self.verb, self.pattern, self.access) = (face, verb, pattern, access)
    (self.name, self.summary) = (name, summary)
    (self.takes, self.parameters) = (takes, parameters)
    (self.gives, self.types, self.status, self.paging) = (gives, types, status, paging)
    (self.readsToken, self.mayBeEmpty, self.handler) = (readsToken, mayBeEmpty, handler)
  }

  /// Makes an endpoint for accounts that `access` admits.
  /// - Parameters:
  ///   - types: the media types of the answer.
  ///   - mayBeEmpty: whether the handler may return `Response.empty`.
  ///   - check: the checks of a form that run before its body is read.
  package static func on(
    _ face: Face, _ verb: Verb, _ pattern: String, for access: Access, _ name: String,
    _ summary: String, takes: Body? = nil, parameters: [Parameter] = [], gives: Schema,
    as types: [String] = json, status: Int = 200, paging: Paging = .none,
    mayBeEmpty: Bool = false, check: Check? = nil, _ handler: @escaping AdmittedHandler
  ) -> Route {
    Route(
      face, verb, pattern, for: access, name, summary, takes: takes, parameters: parameters,
      gives: gives, as: types, status: status, paging: paging, mayBeEmpty: mayBeEmpty,
      .admitted(handler, check: check))
  }

  /// Makes a list of bare rows; the handler answers with `Listing.respond`.
  package static func list<Row: ListedRow>(
    _ face: CursorFace, _ pattern: String, for access: Access, _ name: String,
    _ summary: String, parameters: [Parameter] = [], of row: Row.Type,
    _ handler: @escaping AdmittedHandler
  ) -> Route {
    Route(
      face.face, .get, pattern, for: access, name, summary, parameters: parameters,
      gives: .array(Row.schema),
      paging: face.face.paging, .admitted(handler, check: nil))
  }

  /// Makes a list with a total; the handler returns a window of rows and the total.
  package static func list<Row: WireOutput>(
    _ face: CountedFace, _ pattern: String, for access: Access, _ name: String,
    _ summary: String, of row: Row.Type,
    _ handler: @escaping @Sendable (Request, Context, Caller, Window) throws -> Counted<Row>
  ) -> Route {
    Route(
      face.face, .get, pattern, for: access, name, summary, gives: face.schema(of: row),
      paging: face.face.paging,
      .admitted(
        { request, context, caller in
          let window = try face.window(of: request)
          return face.json(try handler(request, context, caller, window), window)
        }, check: nil))
  }

  /// Makes an endpoint for everyone.
  /// - Parameter readsToken: whether the handler reads a token, if there is one.
  package static func open(
    _ face: Face, _ verb: Verb, _ pattern: String, _ name: String, _ summary: String,
    takes: Body? = nil, gives: Schema, status: Int = 200, readsToken: Bool = false,
    _ handler: @escaping OpenHandler
  ) -> Route {
    Route(
      face, verb, pattern, for: .anyone, name, summary, takes: takes, gives: gives,
      status: status, readsToken: readsToken, .open(handler))
  }

  /// Makes an endpoint whose bodies nginx receives.
  ///
  /// nginx first asks the handler, then answers the client with `status` and no body.
  package static func permit(
    _ face: Face, _ verb: Verb, _ pattern: String, _ name: String, _ summary: String,
    takes: Body, parameters: [Parameter], status: Int, _ handler: @escaping OpenHandler
  ) -> Route {
    Route(
      face, verb, pattern, for: .anyone, name, summary, takes: takes, parameters: parameters,
      gives: .object([]), as: [], status: status, .permit(handler))
  }
}
