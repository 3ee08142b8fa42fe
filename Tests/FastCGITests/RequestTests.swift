import FastCGI
import Glibc
import HTTP
import Synchronization
import Testing

/// The request as a handler sees it.
struct RequestTests {
  @Test func bodiesOfManyRecordsAreReadCompletely() throws {
    let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 17) }
    let running = try Self.echo()
    #expect(try running.ask(Frame.request("POST", "/", body: body)).body == body)
    _ = running.stop()
  }

  @Test(arguments: [1, 7, 8, 1_000])
  func recordsMayComeInPieces(size: Int) throws {
    let running = try Self.echo()
    let descriptor = try running.socket.connect()
    defer { close(descriptor) }
    var rest = Frame.request("POST", "/", body: Array("hello".utf8))[...]
    while !rest.isEmpty {
      try Client.send(Array(rest.prefix(size)), to: descriptor)
      rest = rest.dropFirst(size)
    }
    #expect(try Client.read(from: descriptor).text == "hello")
    _ = running.stop()
  }

  @Test func paddingIsSkipped() throws {
    let running = try Self.echo()
    let parameters = Frame.pairs([("CONTENT_LENGTH", [UInt8(ascii: "4")])])
    let reply = try running.ask(
      Frame.begin() + Frame.record(4, Array(parameters.prefix(3)), padding: 255)
        + Frame.record(4, Array(parameters.dropFirst(3)), padding: 1)
        + Frame.record(4, [], padding: 8) + Frame.record(5, [65, 66], padding: 6)
        + Frame.record(5, [67, 68], padding: 250) + Frame.record(5, []))
    #expect(reply.text == "ABCD")
    _ = running.stop()
  }

  @Test func headsOfUpTo64KilobytesAreRead() throws {
    let running = try Running { request in
      Response(200, body: .bytes(Array("\(request.header("X")?.utf8.count ?? -1)".utf8)))
    }
    let long = String(repeating: "x", count: 65_000)
    #expect(try running.ask(Frame.request("GET", "/", ["HTTP_X": long])).text == "65000")
    let descriptor = try running.socket.connect()
    defer { close(descriptor) }
    try? Client.send(Frame.request("GET", "/", ["HTTP_X": long + long]), to: descriptor)
    // With unread bytes the kernel may reset the connection.
    let answer = (try? Client.drain(descriptor)) ?? []
    #expect(answer.isEmpty)
    #expect(running.stop().count == 1)
  }

  private static func echo() throws -> Running {
    try Running { request in
      Response(200, body: .bytes((try? request.body(limit: 1 << 20)) ?? []))
    }
  }

  @Test func aRequestWithAnUnreadLargeBodyIsAnswered() throws {
    let running = try Running { _ in Problem.tooLarge(limit: 1).response(requestID: "") }
    let body = [UInt8](repeating: 1, count: 8 << 20)
    let reply = try running.ask(Frame.request("POST", "/", body: body))
    #expect(reply.status == "413 Content Too Large")
    #expect(reply.hasEnded)
    #expect(running.stop().map(\.outcome) == ["complete"])
  }

  @Test func anAbortedBodyIsAReadError() throws {
    let reads = Mutex<[Int]>([])
    let running = try Running { request in
      withUnsafeTemporaryAllocation(byteCount: 100, alignment: 1) { room in
        let got = [request.read(into: room), request.read(into: room)]
        reads.withLock { $0 += got }
      }
      return Response(200)
    }
    let parameters = Frame.pairs([("REQUEST_METHOD", Array("POST".utf8))])
    let descriptor = try running.socket.connect()
    defer { close(descriptor) }
    try Client.send(
      Frame.begin() + Frame.stream(.parameters, parameters)
        + Frame.record(Frame.Kind.input.rawValue, [1, 2, 3])
        + Frame.record(Frame.Kind.abort.rawValue, []), to: descriptor)
    _ = try Client.drain(descriptor)
    _ = running.stop()
    #expect(reads.withLock { $0 } == [3, -1])
  }

  @Test func invalidUTF8StaysInTheTarget() throws {
    let running = try Running { request in
      let isRouted = request.segments != nil
      return Response(200, body: .bytes(Array("\(request.target) \(isRouted)".utf8)))
    }
    let parameters = Frame.pairs([("REQUEST_URI", Array("/a%2e".utf8) + [0xFF])])
    let reply = try running.ask(
      Frame.begin() + Frame.stream(.parameters, parameters) + Frame.stream(.input, []))
    #expect(reply.text == "/a%2e%FF false")
    _ = running.stop()
  }

  @Test func invalidUTF8InHeadersIsReplaced() throws {
    let running = try Running { request in
      Response(200, body: .bytes(Array((request.header("X") ?? "nil").utf8)))
    }
    let parameters = Frame.pairs([("HTTP_X", [65, 0xFF, 66])])
    let reply = try running.ask(
      Frame.begin() + Frame.stream(.parameters, parameters) + Frame.stream(.input, []))
    #expect(reply.text == "A\u{FFFD}B")
    _ = running.stop()
  }

  @Test func anEndedRequestReadsNothing() throws {
    let socket = try Socket()
    let pool = Pool(listening: socket.listening)
    let crew = pool.start(
      threads: 1, makeState: { [HTTP.Request]() },
      answer: { kept, request in
        kept.append(request)
        let seen = kept.map { $0.header("X") ?? "nil" }.joined(separator: ",")
        return Response(200, body: .bytes(Array(seen.utf8)))
      }, finished: { _, _ in })
    let first = try Client.ask(socket, Frame.request("GET", "/", ["HTTP_X": "first"]))
    let second = try Client.ask(socket, Frame.request("GET", "/", ["HTTP_X": "second"]))
    pool.stop()
    crew.join()
    #expect(first.text == "first")
    #expect(second.text == "nil,second")
  }
}
