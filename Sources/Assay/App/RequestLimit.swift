internal import Glibc
internal import HTTP
internal import Postgres

/// How many requests an account may send in a minute, where the documents name a number; counted in
/// the database, for all processes of all hosts.
struct RequestLimit: Sendable {
  private let kinds: [(name: String, most: Int)]

  /// What holds for a route; nil when no document limits it.
  init?(_ method: Method, _ pattern: String) {
    guard pattern.hasPrefix("/api/v1/") else { return nil }
    var kinds = [(name: "all", most: 100)]
    if method == .post, pattern.hasPrefix("/api/v1/jobs/") {
      if pattern.hasSuffix("/start") { kinds.append(("start", 10)) }
      if pattern.hasSuffix("/retry") { kinds.append(("retry", 5)) }
    }
    self.kinds = kinds
  }

  /// Counts a request; the header lines that say what is left.
  /// - Throws: 429 when there was nothing left.
  func spend(_ caller: Caller, _ context: Context) throws -> [(name: String, value: String)] {
    guard context.site.config.hasLimits else { return [] }
    let counts = try RequestLimitQueries.count(caller.id, kinds.map(\.name), context.db)
    let states = zip(kinds, counts).map { kind, count in
      (most: kind.most, left: kind.most - count.used, seconds: count.seconds)
    }
    // Of two limits the one that is nearer is told.
    guard let nearest = states.min(by: { $0.left < $1.left }) else { return [] }
    let reset = Int((Double(time(nil)) + nearest.seconds).rounded(.up))
    let lines = [
      ("X-RateLimit-Limit", String(nearest.most)),
      ("X-RateLimit-Remaining", String(max(0, nearest.left))),
      ("X-RateLimit-Reset", String(reset)),
    ].map { (name: $0.0, value: $0.1) }
    guard nearest.left >= 0 else {
      var problem = Problem.tooMany(
        "No more than \(nearest.most) of these requests a minute.", seconds: nearest.seconds)
      problem.headers += lines
      throw problem
    }
    return lines
  }
}
