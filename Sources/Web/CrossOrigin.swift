package import HTTP
package import Site

/// Lets pages of listed origins read answers (CORS).
///
/// The service sets no cookies, so browser credentials are never used: a page must send a token.
/// nginx does the same for answers that it gives alone (`nginx/assay/cors.conf`), and compares the
/// origin with the same list. A page is admitted only if both lists have its origin.
package struct CrossOrigin {
  private let allowed: String?
  private let varies: Bool
  /// The values of this list and of nginx's list, when they differ.
  package let difference: (own: String, nginx: String)?

  /// Reads the request's origin and compares it with the list.
  package init(_ request: Request, _ origins: Origins) {
    let origin = request.header("ORIGIN")
    let own = origins.value(for: origin)
    // Absent without nginx, and with the files of a previous release.
    let nginx = request.serverParameter("LISTED_ORIGIN")
    difference = nginx.flatMap { $0 == own ? nil : (own, $0) }
    let isListed = origin.map(origins.contains) ?? false
    allowed = isListed && (nginx == nil || nginx == origin) ? origin : nil
    varies = !origins.isEmpty
  }

  /// Returns the answer to a preflight request, or nil for other requests and origins.
  package func preflight(_ request: Request, _ methods: [Method]) -> Response? {
    guard allowed != nil, request.method == .options,
      request.header("ACCESS_CONTROL_REQUEST_METHOD") != nil
    else { return nil }
    return Response(
      204,
      headers: [
        ("Access-Control-Allow-Methods", methods.map(\.rawValue).joined(separator: ", ")),
        ("Access-Control-Allow-Headers", Self.requestHeaders),
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
      ("Access-Control-Expose-Headers", Self.responseHeaders),
    ]
  }

  /// The headers that a page may send; `nginx/assay/origins.conf` has the same.
  private static let requestHeaders =
    "Authorization, Cache-Control, Content-Type, Idempotency-Key, If-Modified-Since, If-None-Match, "
    + "If-Range, Range"

  /// The headers that a page may read; `nginx/assay/origins.conf` has the same.
  private static let responseHeaders =
    "Accept-Ranges, Allow, Content-Disposition, Content-Range, ETag, Link, Location, Retry-After, "
    + "WWW-Authenticate, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id"
}
