import FastCGI
import Glibc
import HTTP
import Testing

/// Peers violate the protocol, stall or flood, and the pool keeps answering.
struct HostilePeerTests {
  private static func hello(threads: Int = 2, patience: Patience = Patience()) throws -> Running {
    try Running(threads: threads, patience: patience) { _ in
      Response(200, body: .bytes(Array("hello".utf8)))
    }
  }

  private static let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]

  private static let repeated = Frame.pairs(
    [(name: String, value: [UInt8])](repeating: ("FCGI_MAX_CONNS", []), count: 100))

  static let malformed: [String: [UInt8]] = [
    "nothing": [],
    "half a header": Array(Frame.begin().prefix(5)),
    "half a begin record": Array(Frame.begin().prefix(12)),
    "wrong version": Frame.begin(version: 9),
    "no role": Frame.begin(role: 0),
    "authorizer": Frame.begin(role: 2) + Frame.stream(.parameters, []),
    "filter": Frame.begin(role: 3) + Frame.stream(.parameters, []),
    "unknown role": Frame.begin(role: 77),
    "request 0": Frame.record(1, [0, 1, 0, 0, 0, 0, 0, 0], request: 0),
    "short begin body": Frame.record(1, [0, 1]),
    "parameters before begin": Frame.stream(.parameters, Frame.pairs([("A", [66])])),
    "input before parameters": Frame.begin() + Frame.stream(.input, [1]),
    "abort before parameters": Frame.begin() + Frame.record(Frame.Kind.abort.rawValue, []),
    "huge name": Frame.begin() + Frame.stream(.parameters, huge + [1, 65]),
    "huge value": Frame.begin() + Frame.stream(.parameters, [1] + huge + [65]),
    "huge name and value": Frame.begin() + Frame.stream(.parameters, huge + huge + [65, 66]),
    "lengths that overflow together": Frame.begin()
      + Frame.stream(.parameters, [0xC0, 0, 0, 0] + [0xC0, 0, 0, 0] + [65]),
    "cut length": Frame.begin() + Frame.stream(.parameters, [0xFF, 0xFF]),
    "management record cut": Frame.record(9, [0xFF, 0xFF, 0xFF], request: 0),
    "management value huge": Frame.record(9, huge + huge, request: 0),
    "management answer too long": Frame.record(9, repeated, request: 0),
    "noise": (0..<4_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &+ 7) },
  ]

  @Test(arguments: malformed.keys.sorted())
  func malformedFramesAreDropped(name: String) throws {
    let running = try Self.hello(threads: 1)
    let descriptor = try running.socket.connect()
    try Client.send(try #require(Self.malformed[name]), to: descriptor)
    shutdown(descriptor, Int32(SHUT_WR))
    let answer = try Client.drain(descriptor)
    close(descriptor)
    #expect(!answer.contains { $0 == UInt8(ascii: "h") })
    #expect(try running.ask(Frame.request()).text == "hello")
    #expect(running.stop().map(\.outcome) == ["complete"])
  }

  static let brokenBodies: [String: [UInt8]] = [
    "abort": Frame.record(Frame.Kind.abort.rawValue, []),
    "management answer too long": Frame.record(9, repeated, request: 0),
    "another request": Frame.record(1, [0, 1, 0, 0, 0, 0, 0, 0], request: 2),
    "input of another request": Frame.record(Frame.Kind.input.rawValue, [65, 66], request: 2),
    "wrong version": Frame.record(Frame.Kind.input.rawValue, [65, 66], version: 2),
    "half a header": [1, 5, 0],
    "end": [],
  ]

  @Test(arguments: brokenBodies.keys.sorted())
  func malformedBodiesAreReadErrors(name: String) throws {
    let running = try Running(threads: 1) { request in
      Response((try? request.body(limit: 100)) == nil ? 400 : 200)
    }
    let descriptor = try running.socket.connect()
    let parameters = Frame.pairs([("CONTENT_LENGTH", [UInt8(ascii: "4")])])
    try Client.send(
      Frame.begin() + Frame.stream(.parameters, parameters)
        + Frame.record(Frame.Kind.input.rawValue, [65, 66])
        + #require(Self.brokenBodies[name]), to: descriptor)
    shutdown(descriptor, Int32(SHUT_WR))
    #expect(try Client.read(from: descriptor).status == "400 Bad Request")
    close(descriptor)
    #expect(running.stop().map(\.outcome) == ["complete"])
  }

  @Test func aKeptConnectionThatStopsWithinARequestIsClosed() throws {
    let running = try Self.hello(threads: 8, patience: Patience(head: 1, body: 1))
    let kept = try running.socket.connect()
    defer { close(kept) }
    try Client.send(Frame.request(flags: 1), to: kept)
    #expect(try Client.readOne(from: kept).text == "hello")
    try Client.send(Array(Frame.request(flags: 1).prefix(20)), to: kept)
    #expect(try running.ask(Frame.request()).text == "hello")
    #expect(try Client.drain(kept).isEmpty)
    _ = running.stop()
  }

  @Test(arguments: [0, 5, 20])
  func aSilentPeerDoesNotKeepItsThread(sent: Int) throws {
    let running = try Self.hello(threads: 1, patience: Patience(head: 1, body: 1))
    let silent = try running.socket.connect()
    defer { close(silent) }
    try Client.send(Array(Frame.request().prefix(sent)), to: silent)
    #expect(try running.ask(Frame.request()).text == "hello")
    #expect(try Client.drain(silent).isEmpty)
    _ = running.stop()
  }

  @Test func aPeerThatStallsInItsBodyIsDisconnected() throws {
    let running = try Running(threads: 1, patience: Patience(head: 1, body: 1)) { request in
      let body = try? request.body(limit: 100)
      return Response(body == nil ? 400 : 200)
    }
    let silent = try running.socket.connect()
    defer { close(silent) }
    let request = Frame.request("POST", "/", body: [1, 2, 3, 4])
    try Client.send(Array(request.dropLast(10)), to: silent)
    #expect(try Client.read(from: silent).status == "400 Bad Request")
    _ = running.stop()
  }

  @Test func descriptorsAboveTheLimitOfSelectWork() throws {
    try Self.allowDescriptors(8_192)
    let running = try Self.hello(threads: 4, patience: Patience(head: 1, body: 1))
    let idle = try (0..<1_100).map { _ in try running.socket.connect() }
    let descriptor = try running.socket.connect()
    // Both ends are in this process, so the pool's descriptor has a number above 1,024, too.
    let filler = (0..<1_100).map { _ in dup(descriptor) }
    try Client.send(Frame.request(), to: descriptor)
    for silent in idle { close(silent) }
    shutdown(descriptor, Int32(SHUT_WR))
    #expect(try Client.read(from: descriptor).text == "hello")
    for descriptor in filler + [descriptor] { close(descriptor) }
    _ = running.stop()
  }

  private static func allowDescriptors(_ count: rlim_t) throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = max(limit.rlim_cur, count)
    guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      throw Failure.call("setrlimit", errno)
    }
  }
}
