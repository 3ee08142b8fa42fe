internal import Glibc
internal import HTTP
internal import Postgres
internal import Site

/// The number of requests per minute that an account may send to all routes of a face.
///
/// PostgreSQL counts them across all processes and hosts.
struct RequestLimit: Sendable {
  let perMinute: Int

  /// Counts a request and returns the headers with the remaining quota.
  /// - Throws: 429 when the limit is exceeded.
  func spend(_ caller: Caller, _ context: Context) throws -> [(name: String, value: String)] {
    guard context.site.config.hasLimits else { return [] }
    let count = try RequestLimitQueries.count(caller.id, context.db)
    let left = perMinute - count.used
    let reset = Int((Double(time(nil)) + count.seconds).rounded(.up))
    let headers = [
      (name: "X-RateLimit-Limit", value: String(perMinute)),
      (name: "X-RateLimit-Remaining", value: String(max(0, left))),
      (name: "X-RateLimit-Reset", value: String(reset)),
    ]
    guard left >= 0 else {
      var problem = Problem.tooMany(
        "At most \(perMinute) of these requests are allowed per minute.", seconds: count.seconds)
      problem.headers += headers
      throw problem
    }
    return headers
  }
}
