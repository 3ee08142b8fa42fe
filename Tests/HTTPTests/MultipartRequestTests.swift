import HTTP
import Testing

@Suite struct MultipartRequestTests {
  static let body = Array(
    form("Content-Disposition: form-data; name=a", String(repeating: "0123\r\n--", count: 40_000))
      .utf8)

  func parse(_ request: Request, limit: Int = .max) throws -> [Part] {
    var gathered = Gathered()
    try request.multipart(limit: limit) { gathered.take($0) }
    return gathered.parts
  }

  @Test(arguments: [1_000, 65_536, .max])
  func theBodyIsStreamed(chunk: Int) throws {
    let found = try parse(.post(Self.body, type: formType, chunk: chunk), limit: Self.body.count)
    #expect(found.map(\.data.count) == [320_000])
  }

  @Test func aLongBodyIsRefusedUnread() {
    let request = Request.post(Self.body, type: formType)
    let refused = problem { _ = try parse(request, limit: Self.body.count - 1) }
    #expect(refused?.status == 413)
    #expect(refused?.detail == "The request body is larger than \(Self.body.count - 1) bytes.")
  }

  @Test func aBodyThatEndsEarlyIsReported() {
    let request = Request.post(Self.body, type: formType, declared: Self.body.count + 1)
    let refused = problem { _ = try parse(request) }
    #expect(refused?.status == 400)
    #expect(refused?.detail == "The body ended before its declared length.")
  }

  @Test func onlyTheDeclaredLengthIsRead() {
    // One byte less than the closing boundary needs.
    let request = Request.post(Self.body, type: formType, declared: Self.body.count - 3)
    let refused = problem { _ = try parse(request) }
    #expect(refused?.detail == "The multipart body ended before its closing boundary.")
  }

  @Test(arguments: [nil, "application/json"])
  func otherContentTypesAreRefused(type: String?) {
    expectProblem(415) { _ = try parse(.post(Self.body, type: type)) }
  }

  @Test func aMissingBodyIsRefused() {
    expectProblem(400) { _ = try parse(.post([], type: formType)) }
  }

  @Test func errorsOfTheHandlerAreRethrown() {
    #expect(throws: ClientGone.self) {
      try Request.post(Self.body, type: formType).multipart(limit: .max) { _ in throw ClientGone() }
    }
  }
}
