import FastCGI
import Glibc
import HTTP
import Synchronization
import Testing

/// Connections that the web server keeps for its next request.
struct KeptConnectionTests {
  private static let keep: UInt8 = 1

  /// A pool with idle threads, because a pool without them closes its kept connections.
  private func echo(threads: Int = 8) throws -> Running {
    try Running(threads: threads) { request in
      if request.path == "/slow" { usleep(200_000) }
      return Response(200, body: .bytes(Array(request.path.utf8)))
    }
  }

  /// Sends a request that keeps the connection.
  private func send(_ target: String, to descriptor: Int32) throws {
    try Client.send(Frame.request("GET", target, flags: Self.keep), to: descriptor)
  }

  /// Receives the answer while the connection stays open.
  private func answer(on descriptor: Int32) throws -> String {
    let reply = try Client.readOne(from: descriptor)
    #expect(reply.hasEnded)
    return reply.text
  }

  @Test func keptConnectionsCarrySeveralRequests() throws {
    let running = try echo()
    let descriptor = try running.socket.connect()
    defer { close(descriptor) }
    for number in 0..<100 {
      try send("/\(number)", to: descriptor)
      #expect(try answer(on: descriptor) == "/\(number)")
    }
    #expect(running.stop().count == 100)
  }

  /// systemd clears O_NONBLOCK of the shared socket when it starts another process.
  @Test func keptConnectionsAreServedWhenTheSocketBlocks() throws {
    let running = try echo(threads: 2)
    let descriptor = try running.socket.connect()
    defer { close(descriptor) }
    func clearFlag() throws {
      try #require(fcntl(running.socket.listening, F_SETFL, O_RDWR) == 0)
    }
    for number in 0..<40 {
      try clearFlag()
      try send("/\(number)", to: descriptor)
      #expect(try answer(on: descriptor) == "/\(number)")
    }
    try clearFlag()
    #expect(running.stop().count == 40)
  }

  @Test func keptConnectionsOccupyNoThread() throws {
    let running = try echo()
    var kept: [Int32] = []
    defer { for descriptor in kept { close(descriptor) } }
    for _ in 0..<20 {
      kept.append(try running.socket.connect())
      // The new connection first: it is accepted at once, and its request is awaited.
      for (number, descriptor) in kept.enumerated().reversed() {
        try send("/\(number)", to: descriptor)
        #expect(try answer(on: descriptor) == "/\(number)")
      }
      #expect(try running.ask(Frame.request("GET", "/other")).text == "/other")
    }
    _ = running.stop()
  }

  @Test func keptConnectionsAreServedByAnyThread() throws {
    let running = try echo()
    let kept = try (0..<2).map { _ in try running.socket.connect() }
    defer { for descriptor in kept { close(descriptor) } }
    for round in 0..<5 {
      try send("/slow", to: kept[round % 2])
      try send("/quick", to: kept[1 - round % 2])
      #expect(try answer(on: kept[1 - round % 2]) == "/quick")
      var byte: UInt8 = 0
      let flags = Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)
      #expect(recv(kept[round % 2], &byte, 1, flags) < 0, "the slow one is still under way")
      #expect(try answer(on: kept[round % 2]) == "/slow")
    }
    _ = running.stop()
  }

  @Test func keptConnectionsAreClosedWhenNoThreadIsFree() throws {
    let running = try echo(threads: 1)
    let (kept, busy) = (try running.socket.connect(), try running.socket.connect())
    defer { for descriptor in [kept, busy] { close(descriptor) } }
    try send("/1", to: kept)
    #expect(try answer(on: kept) == "/1")
    try send("/slow", to: busy)
    // Closed before the slow request ends, so its owner asks another process.
    #expect(try Client.drain(kept).isEmpty)
    var byte: UInt8 = 0
    #expect(recv(busy, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) < 0)
    #expect(try answer(on: busy) == "/slow")
    _ = running.stop()
  }

  @Test func keptConnectionsTakeTurnsWithNewOnes() throws {
    final class Order: Sendable { let paths = Mutex<[String]>([]) }
    let (socket, order) = (try Socket(), Order())
    let pool = Pool(listening: socket.listening, few: 1, relief: 20_000)
    let crew = pool.start(
      threads: 2, makeState: {},
      answer: { _, request in
        if request.path == "/slow" { usleep(200_000) }
        return Response(200, body: .bytes([65]))
      },
      finished: { _, exchange in
        let path = String(exchange.request.path)
        order.paths.withLock { $0.append(path) }
      })
    let kept = try (0..<40).map { _ in
      let descriptor = try socket.connect()
      try send("/", to: descriptor)
      _ = try answer(on: descriptor)
      return descriptor
    }
    defer { for descriptor in kept { close(descriptor) } }
    // All are ready when the only active thread returns; the new connection came last.
    for (number, descriptor) in kept.enumerated() {
      try send(number == 0 ? "/slow" : "/kept", to: descriptor)
      if number == 0 { usleep(50_000) }
    }
    _ = try Client.ask(socket, Frame.request("POST", "/new"))
    for descriptor in kept { _ = try answer(on: descriptor) }
    pool.stop()
    crew.join()
    let later = order.paths.withLock { $0 }.drop { $0 != "/slow" }
    #expect(later.count == 41)
    #expect(later.prefix(10).contains("/new"))
  }

  @Test func keptConnectionsAreClosedWhenThePoolStops() throws {
    let running = try echo()
    let (idle, busy) = (try running.socket.connect(), try running.socket.connect())
    defer { for descriptor in [idle, busy] { close(descriptor) } }
    try send("/1", to: idle)
    #expect(try answer(on: idle) == "/1")
    try send("/slow", to: busy)
    usleep(50_000)
    running.requestStop()
    #expect(try Client.drain(idle).isEmpty)
    // The running request is answered, and no other follows.
    #expect(try Client.read(from: busy).text == "/slow")
    #expect(running.stop().map(\.target) == ["/1", "/slow"])
  }

  @Test(arguments: [("GET", true), ("HEAD", true), ("POST", false), ("PUT", false)])
  func onlyReadingRequestsKeepTheirConnection(method: String, isKept: Bool) throws {
    let running = try echo()
    let descriptor = try running.socket.connect()
    defer { close(descriptor) }
    try Client.send(Frame.request(method, "/", flags: Self.keep), to: descriptor)
    #expect(try Client.readOne(from: descriptor).hasEnded)
    if isKept {
      try send("/again", to: descriptor)
      #expect(try answer(on: descriptor) == "/again")
    } else {
      #expect(try Client.drain(descriptor).isEmpty)
    }
    _ = running.stop()
  }

  @Test func keptConnectionsCloseWithTheirPeer() throws {
    let running = try echo()
    for number in 0..<300 {
      let descriptor = try running.socket.connect()
      try send("/\(number)", to: descriptor)
      #expect(try answer(on: descriptor) == "/\(number)")
      close(descriptor)
    }
    // These connections were closed, so there is room for others.
    let descriptor = try running.socket.connect()
    defer { close(descriptor) }
    for path in ["/a", "/b"] {
      try send(path, to: descriptor)
      #expect(try answer(on: descriptor) == path)
    }
    #expect(running.stop().count == 302)
  }

  /// Unread bytes of a request are not read as the next request.
  @Test func connectionsWithUnreadBodiesAreClosed() throws {
    let running = try echo()
    let body = [UInt8](repeating: 65, count: 100)
    for request in [
      Frame.request("POST", "/1", body: body, flags: Self.keep),
      Frame.request("GET", "/1", flags: Self.keep) + Frame.request("GET", "/2", flags: Self.keep),
    ] {
      let reply = try running.ask(request)
      #expect(reply.text == "/1")
      #expect(reply.hasEnded)
    }
    #expect(running.stop().map(\.target) == ["/1", "/1"])
  }

  @Test func keptConnectionsAreLimited() throws {
    let running = try echo()
    var kept: [Int32] = []
    defer { for descriptor in kept { close(descriptor) } }
    for _ in 0..<300 {
      let descriptor = try running.socket.connect()
      kept.append(descriptor)
      try send("/", to: descriptor)
      #expect(try answer(on: descriptor) == "/")
    }
    let open = kept.filter { descriptor in
      var byte: UInt8 = 0
      return recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT)) < 0
    }
    #expect((200..<300).contains(open.count))
    _ = running.stop()
  }
}
