import FastCGI
import HTTP
import Testing

/// The parts of an answer that reach the web server.
struct AnswerTests {
  @Test func answersHaveStatusLengthAndEnd() throws {
    let running = try Running { _ in .json(Array("{}".utf8), 201) }
    let reply = try running.ask(Frame.request())
    #expect(reply.status == "201 Created")
    #expect(reply.header("Content-Type") == "application/json")
    #expect(reply.header("Content-Length") == "2")
    #expect(reply.text == "{}")
    #expect(reply.hasEnded)
    let lines = running.stop()
    #expect(lines.map(\.status) == [201])
    #expect(lines.map(\.bytes) == [2])
    #expect(lines.map(\.outcome) == ["complete"])
  }

  @Test func longBodiesArriveCompletely() throws {
    let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let running = try Running { _ in Response(200, body: .bytes(body)) }
    #expect(try running.ask(Frame.request()).body == body)
    #expect(running.stop().map(\.bytes) == [300_000])
  }

  @Test func headHasHeadersOnly() throws {
    let running = try Running { _ in .json(Array("{}".utf8)) }
    let reply = try running.ask(Frame.request("HEAD"))
    #expect(reply.header("Content-Length") == "2")
    #expect(reply.body.isEmpty)
    #expect(reply.hasEnded)
    _ = running.stop()
  }

  @Test(arguments: [204, 304])
  func bodilessStatusesHaveNeitherBodyNorLength(status: Int) throws {
    let running = try Running { _ in Response(status, body: .bytes([1, 2])) }
    let reply = try running.ask(Frame.request())
    #expect(reply.status.hasPrefix(String(status)))
    #expect(reply.header("Content-Length") == nil)
    #expect(reply.body.isEmpty)
    _ = running.stop()
  }

  @Test func noBodyHasLengthZero() throws {
    let running = try Running { _ in Response(404) }
    #expect(try running.ask(Frame.request()).header("Content-Length") == "0")
    _ = running.stop()
  }

  @Test func impossibleStatusesBecome500() throws {
    let running = try Running { _ in Response(42) }
    #expect(try running.ask(Frame.request()).status == "500 Internal Server Error")
    _ = running.stop()
  }

  @Test(arguments: ["a\r\nSet-Cookie: x", "a\nb", "a\rb", "a\0b", "a\u{7F}b"])
  func headersWithLineBreaksAreLeftOut(value: String) throws {
    let running = try Running { _ in
      Response(200, headers: [("X-First", value), ("X-Last", "b\tc")], body: .bytes([65]))
    }
    let reply = try running.ask(Frame.request())
    #expect(reply.headers.map(\.name).sorted() == ["Content-Length", "X-Last", "X-Request-Id"])
    #expect(reply.text == "A")
    _ = running.stop()
  }

  @Test func ownHeadersAreNotRepeated() throws {
    let running = try Running { _ in
      Response(
        200, headers: [("content-length", "99"), ("Status", "500"), ("X-Bad: y", "z")],
        body: .bytes([65]))
    }
    let reply = try running.ask(Frame.request())
    #expect(reply.status == "200 OK")
    #expect(reply.headers.map(\.name).sorted() == ["Content-Length", "X-Request-Id"])
    _ = running.stop()
  }

  @Test(arguments: ["abcd-EF_9", String(repeating: "a", count: 64)])
  func properRequestNamesAreKept(name: String) throws {
    let running = try Running { Response(200, body: .bytes(Array($0.id.utf8))) }
    let reply = try running.ask(Frame.request("GET", "/", ["REQUEST_ID": name]))
    #expect(reply.header("X-Request-Id") == name)
    #expect(reply.text == name)
    _ = running.stop()
  }

  @Test(arguments: ["", "short", "has a space", "déjà-vécu", String(repeating: "a", count: 65)])
  func otherRequestNamesAreReplaced(name: String) throws {
    let running = try Running { _ in Response(200) }
    let replies = try (0..<2).map { _ in
      try running.ask(Frame.request("GET", "/", ["REQUEST_ID": name]))
    }
    let names = replies.compactMap { $0.header("X-Request-Id") }
    #expect(Set(names).count == 2)
    #expect(names.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy(\.isHexDigit) })
    _ = running.stop()
  }
}
