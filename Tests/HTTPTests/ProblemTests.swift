import HTTP
import Testing

@Suite struct ProblemTests {
  @Test func errorsHaveOneForm() {
    let response = Problem(418, "No \"tea\".", headers: [("X-A", "1")]).response(requestID: "r-1")
    guard case .bytes(let bytes) = response.body else {
      Issue.record("a problem without a body")
      return
    }
    #expect(response.status == 418)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"{"detail":"No \"tea\".","request_id":"r-1"}"#)
    #expect(response.headers.contains { $0 == ("Content-Type", "application/json") })
    #expect(response.headers.contains { $0 == ("Cache-Control", "no-store") })
    #expect(response.headers.contains { $0 == ("X-A", "1") })
  }

  @Test func everyErrorHasTheStatusOfItsName() {
    let problems: [(Problem, Int)] = [
      (.badRequest("x"), 400), (.invalid([]), 400), (.unauthorized("x"), 401),
      (.forbidden("x"), 403), (.notFound("cat"), 404), (.conflict("x"), 409),
      (.tooLarge(limit: 1), 413), (.unavailable("x"), 503),
    ]
    for (problem, status) in problems {
      #expect(problem.status == status)
      #expect(problem.response(requestID: "").status == status)
    }
    #expect(Problem.notFound("cat").detail == "No such cat.")
  }

  @Test func errorsHaveHeadersForTheNextStep() {
    #expect(Problem.unauthorized("x").headers.contains { $0 == ("WWW-Authenticate", "Bearer") })
    #expect(Problem.unavailable("x").headers.contains { $0 == ("Retry-After", "1") })
  }

  @Test func violationsAreJoinedIntoSentences() {
    let refused = Problem.invalid([Violation("a", "is required"), Violation("b", "must be odd")])
    #expect(refused.detail == "a is required. b must be odd.")
    #expect(refused.violations.count == 2)
  }

  @Test func fieldsAreNamedOnRequest() {
    let refused = Problem.invalid([Violation("a.b", "is required")])
    let named = refused.response(requestID: "r", namesFields: true)
    guard case .bytes(let bytes) = named.body else {
      Issue.record("a problem without a body")
      return
    }
    #expect(named.status == 422)
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == #"{"detail":"a.b is required.","request_id":"r","errors":["#
        + #"{"loc":["body","a.b"],"msg":"is required","type":"value_error"}]}"#)
    #expect(refused.response(requestID: "r").status == 400)
    #expect(Problem.conflict("x").response(requestID: "r", namesFields: true).status == 409)
  }
}
