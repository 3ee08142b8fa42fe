package import HTTP

/// Lets pages of listed origins read answers (CORS).
///
/// The service sets no cookies, so browser credentials are never used: a page must send a token.
package struct CrossOrigin {
  private let allowed: String?

  /// Reads the request's origin and compares it with the list.
  package init(_ request: Request, _ origins: [String]) {
    let origin = request.header("ORIGIN")
    allowed = origin.flatMap { origins.contains($0) ? $0 : nil }
    varies = !origins.isEmpty
  }

  private let varies: Bool

  /// Returns the answer to a preflight request, or nil for other requests and origins.
  package func preflight(_ request: Request, _ methods: [Method]) -> Response? {
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

  /// Adds the headers that let the page read the answer.
  package func mark(_ response: inout Response) {
    guard varies else { return }
    // A cache must store answers for different origins separately.
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
