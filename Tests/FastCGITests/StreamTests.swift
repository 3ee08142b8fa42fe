import FastCGI
import Glibc
import HTTP
import Testing

/// Bodies that are written piece by piece.
struct StreamTests {
  private struct Broken: Error {}

  private static func chunk(_ count: Int) -> [UInt8] { [UInt8](repeating: 88, count: count) }

  @Test func allPiecesArriveInOrder() throws {
    let running = try Running { _ in
      Response(
        200,
        body: .stream { sink in
          for piece in 0..<5_000 {
            try "\(piece),".utf8CString.dropLast().withUnsafeBytes(sink.write)
          }
        })
    }
    let reply = try running.ask(Frame.request())
    #expect(reply.text == (0..<5_000).map { "\($0)," }.joined())
    #expect(reply.header("Content-Length") == nil)
    #expect(reply.hasEnded)
    #expect(running.stop().map(\.outcome) == ["complete"])
  }

  @Test func aStreamWithoutWritesIsAnEmptyAnswer() throws {
    let running = try Running { _ in Response(200, body: .stream { _ in }) }
    let reply = try running.ask(Frame.request())
    #expect(reply.status == "200 OK")
    #expect(reply.hasEnded)
    _ = running.stop()
  }

  @Test(arguments: [10, 100_000])
  func aFailureAfterBytesIsNotACompleteAnswer(count: Int) throws {
    let running = try Running { _ in
      Response(
        200,
        body: .stream { sink in
          try Self.chunk(count).withUnsafeBytes(sink.write)
          throw Broken()
        })
    }
    let reply = try running.ask(Frame.request())
    #expect(reply.isBroken)
    #expect(!reply.hasEnded)
    let lines = running.stop()
    #expect(lines.map(\.outcome) == ["failed"])
    #expect(lines.map(\.bytes) == [count])
  }

  @Test func aFailureBeforeBytesIs500() throws {
    let running = try Running { _ in Response(200, body: .stream { _ in throw Broken() }) }
    let reply = try running.ask(Frame.request())
    #expect(reply.status == "500 Internal Server Error")
    #expect(reply.hasEnded)
    let lines = running.stop()
    #expect(lines.map(\.status) == [500])
    #expect(lines.map(\.outcome) == ["failed"])
  }

  @Test func aClosedConnectionEndsTheStream() throws {
    let running = try Running { _ in
      Response(
        200,
        body: .stream { sink in
          while true { try Self.chunk(65_536).withUnsafeBytes(sink.write) }
        })
    }
    let descriptor = try running.socket.connect()
    try Client.send(Frame.request(), to: descriptor)
    close(descriptor)
    #expect(running.stop().map(\.outcome) == ["gone"])
  }

  @Test func headDoesNotRunTheStream() throws {
    let running = try Running { _ in Response(200, body: .stream { _ in throw Broken() }) }
    #expect(try running.ask(Frame.request("HEAD")).status == "200 OK")
    #expect(running.stop().map(\.outcome) == ["complete"])
  }
}
