internal import HTTP

/// What pages of other origins may do (CORS): read our answers, when their origin is on the list.
///
/// No credentials of the browser's are ever used, since we set no cookie: a page must bring a token.
struct CrossOrigin {
  private let allowed: String?

  /// Looks at where a request comes from; `origins` are those on the list.
  init(_ request: Request, _ origins: [String]) {
    let origin = request.header("ORIGIN")
    allowed = origin.flatMap { origins.contains($0) ? $0 : nil }
    varies = !origins.isEmpty
  }

  private let varies: Bool

  /// The answer to a browser that asks first; nil when it does not, or may not.
  func preflight(_ request: Request, _ methods: [Method]) -> Response? {
    guard allowed != nil, request.method == .options,
      request.header("ACCESS_CONTROL_REQUEST_METHOD") != nil
    else { return nil }
    return Response(
      204,
      headers: [
        ("Access-Control-Allow-Methods", methods.map(\.rawValue).joined(separator: ", ")),
        ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
        ("Access-Control-Max-Age", "600"),
      ])
  }

  /// Adds what lets the page read the answer.
  func mark(_ response: inout Response) {
    guard varies else { return }
    // A cache must keep the answers to different origins apart.
    response.headers.append(("Vary", "Origin"))
    guard let allowed else { return }
    response.headers += [
      ("Access-Control-Allow-Origin", allowed),
      (
        "Access-Control-Expose-Headers",
        "Link, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id"
      ),
    ]
  }
}
