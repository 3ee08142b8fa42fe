/// One invalid field of the input.
package struct Violation: Error, Sendable, Equatable {
  /// The field's name, with dots for members of lists and objects.
  package let location: String
  /// The rule that it breaks, as a continuation of a sentence that begins with the field's name.
  package let message: String

  /// Makes a violation from a field's name and a rule.
  package init(_ location: String, _ message: String) {
    self.location = location
    self.message = message
  }
}

/// An error for the client: a status and one sentence.
package struct Problem: Error, Sendable {
  /// The HTTP status.
  package let status: Int
  /// One sentence for the client.
  package let detail: String
  /// Further headers, for example `Allow`.
  package var headers: [(name: String, value: String)] = []
  /// The invalid fields, if the input broke a rule.
  package var violations: [Violation] = []

  /// Makes a problem.
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

  /// 400 with the invalid fields, for well-formed input that breaks a rule.
  package static func invalid(_ violations: [Violation]) -> Problem {
    let sentences = violations.map { "\($0.location) \($0.message)." }
    return Problem(400, sentences.joined(separator: " "), violations: violations)
  }

  /// 401 for a missing, invalid or expired token.
  package static func unauthorized(_ detail: String) -> Problem {
    Problem(401, detail, headers: [("WWW-Authenticate", "Bearer")])
  }

  /// 403.
  package static func forbidden(_ detail: String) -> Problem { Problem(403, detail) }

  /// 404; objects of other accounts give the same answer as objects that do not exist.
  package static func notFound(_ noun: String) -> Problem { Problem(404, "No such \(noun).") }

  /// 409.
  package static func conflict(_ detail: String) -> Problem { Problem(409, detail) }

  /// 413 for a request body that is too large.
  package static func tooLarge(limit: Int) -> Problem {
    Problem(413, "The request body is larger than \(limit) bytes.")
  }

  /// 429 with the seconds until the client may try again.
  package static func tooMany(_ detail: String, seconds: Double) -> Problem {
    let wait = Int(max(1, min(seconds, 86_400)).rounded(.up))
    return Problem(429, detail, headers: [("Retry-After", String(wait))])
  }

  /// 503 with the request to try again in a second.
  package static func unavailable(_ detail: String) -> Problem {
    Problem(503, detail, headers: [("Retry-After", "1")])
  }

  /// The schema of the error form that all routes share.
  package static let schema = Schema.object(
    of: Problem.self,
    [
      Schema.Member("detail", .string(), required: true),
      Schema.Member("request_id", .string(), required: true),
      Schema.Member("errors", .array(Violation.schema), required: false),
    ])

  /// Returns the response in the error form that all routes share.
  /// - Parameter namesFields: whether broken rules give 422 with a list of fields, as clients of
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
  package static let schema = Schema.object(
    of: Violation.self,
    [
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
