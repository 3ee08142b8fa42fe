import HTTP
import Testing

@Suite struct RequestTests {
  static let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }

  @Test(arguments: [1, 4_096, .max])
  func aBodyInAnyPiecesIsRead(chunk: Int) throws {
    #expect(try Request.post(Self.bytes, chunk: chunk).body(limit: 100_000) == Self.bytes)
  }

  @Test func onlyTheDeclaredLengthIsRead() throws {
    #expect(try Request.post([1, 2, 3], declared: 2).body(limit: 2) == [1, 2])
    #expect(try Request.post([1, 2, 3], declared: 0).body(limit: 2) == [])
  }

  @Test func aShortBodyIsRefused() {
    let refused = problem { _ = try Request.post([1, 2], declared: 3).body(limit: 3) }
    #expect(refused?.status == 400)
    #expect(refused?.detail == "The body ended before its declared length.")
  }

  @Test func aLongBodyIsRefused() {
    let refused = problem { _ = try Request.post([1, 2, 3]).body(limit: 2) }
    #expect(refused?.status == 413)
    #expect(refused?.detail == "The request body is larger than 2 bytes.")
  }

  @Test(arguments: [Int.max, 1 << 20 + 1])
  func hugeLengthsAreRefusedBeforeAllocation(declared: Int) {
    let request = Request.post([], declared: declared)
    expectProblem(413) { _ = try request.body(limit: 1 << 20) }
  }

  @Test func anUndeclaredBodyIsNotRead() throws {
    #expect(try Request.get("/").body(limit: 1) == [])
    #expect(Request.get("/").contentLength == nil)
  }

  @Test func thePathEndsAtTheFirstQuestionMark() {
    // As characters, the combining mark would join the question mark.
    let request = Request.get("/a/b?\u{301}sig=1")
    #expect(request.path == "/a/b")
    #expect(request.queryString == "\u{301}sig=1")
  }

  @Test func parametersAreRead() {
    let request = Request.get("/", ["HTTP_X_A": "1", "REMOTE_ADDR": "::1", "CONTENT_TYPE": ""])
    #expect(request.header("X_A") == "1")
    #expect(request.header("X_B") == nil)
    #expect(request.remoteAddress == "::1")
    #expect(request.mediaType == nil)
    request.captures = [("a", "1"), ("b", "2")]
    #expect(request.capture("b") == "2")
    #expect(request.capture("c") == nil)
  }

  @Test(arguments: [
    ("GET", Method.get), ("DELETE", .delete), ("get", nil), ("TRACE", nil), ("", nil),
  ])
  func methodsAreParsed(word: String, method: Method?) {
    #expect(Request(Scripted(["REQUEST_METHOD": word]), id: "1").method == method)
  }

  @Test(arguments: [
    ("Application/JSON; charset=utf-8", "application/json"), (" text/plain ", "text/plain"),
    (";", ""),
  ])
  func theMediaTypeIsRead(header: String, mediaType: String) {
    #expect(Request.post([], type: header).mediaType == mediaType)
  }
}
