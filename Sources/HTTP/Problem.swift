/// One field of the input that breaks a rule.
package struct Violation: Error, Sendable, Equatable {
  /// The field's name, dotted inside lists and objects.
  package let location: String
  /// What it must be: continues a sentence that begins with the field's name.
  package let message: String

  /// A field and what it must be.
  package init(_ location: String, _ message: String) {
    self.location = location
    self.message = message
  }
}

/// An error that the client is told: a status and one sentence.
package struct Problem: Error, Sendable {
  /// The HTTP status.
  package let status: Int
  /// One sentence for the client.
  package let detail: String
  /// Further header lines, such as `Allow`.
  package var headers: [(name: String, value: String)] = []
  /// The fields at fault, where the input broke a rule.
  package var violations: [Violation] = []

  /// A status and a sentence for the client.
  package init(
    _ status: Int, _ detail: String, headers: [(name: String, value: String)] = [],
    violations: [Violation] = []
  ) {
    self.status = status
    self.detail = detail
    self.headers = headers
    self.violations = violations
  }

  /// 400.
  package static func badRequest(_ detail: String) -> Problem { Problem(400, detail) }

  /// 400 with the fields at fault: well-formed input that breaks a rule.
  package static func invalid(_ violations: [Violation]) -> Problem {
    let sentences = violations.map { "\($0.location) \($0.message)." }
    return Problem(400, sentences.joined(separator: " "), violations: violations)
  }

  /// 401: no token, or one that is not valid any more.
  package static func unauthorized(_ detail: String) -> Problem {
    Problem(401, detail, headers: [("WWW-Authenticate", "Bearer")])
  }

  /// 403.
  package static func forbidden(_ detail: String) -> Problem { Problem(403, detail) }

  /// 404; what belongs to somebody else answers the same as what never was.
  package static func notFound(_ noun: String) -> Problem { Problem(404, "No such \(noun).") }

  /// 409.
  package static func conflict(_ detail: String) -> Problem { Problem(409, detail) }

  /// 413 for a whole body.
  package static func tooLarge(limit: Int) -> Problem {
    Problem(413, "The request body is larger than \(limit) bytes.")
  }

  /// 429: too many of something; not before so many seconds again.
  package static func tooMany(_ detail: String, seconds: Double) -> Problem {
    let wait = Int(max(1, min(seconds, 86_400)).rounded(.up))
    return Problem(429, detail, headers: [("Retry-After", String(wait))])
  }

  /// 503: try again in a moment.
  package static func unavailable(_ detail: String) -> Problem {
    Problem(503, detail, headers: [("Retry-After", "1")])
  }

  /// The answer in the one form every error has.
  /// - Parameter namesFields: whether broken rules are 422 with a list of fields, as clients of
  ///   the `/api` faces expect, instead of 400.
  package func response(requestID: String, namesFields: Bool = false) -> Response {
    let isUnprocessable = namesFields && !violations.isEmpty
    var writer = JSONWriter()
    writer.object {
      $0.member("detail", detail)
      $0.member("request_id", requestID)
      if isUnprocessable { $0.member("errors", violations) }
    }
    var response = Response.json(writer.bytes, isUnprocessable ? 422 : status)
    response.headers += headers
    return response
  }
}

extension Violation: WireValue {
  package static let schema = Schema.object([
    Schema.Member("loc", .array(.string()), required: true),
    Schema.Member("msg", .string(), required: true),
    Schema.Member("type", .string(), required: true),
  ])

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("loc", ["body", location])
      $0.member("msg", message)
      $0.member("type", "value_error")
    }
  }
}
