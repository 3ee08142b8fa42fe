import FastCGI
import Glibc
import HTTP
import Synchronization
import Testing

/// The choice of the threads of a pool that take connections.
struct ShiftTests {
  /// Threads numbered by their first request; `/slow` waits for `letGo()`.
  private final class Crowd: Sendable {
    let socket: Socket
    private let pool: Pool
    private let crew: Crew
    private let gate: Gate

    private final class Gate: Sendable {
      let isOpen = Atomic<Bool>(false)
      let threads = Atomic<Int>(0)
    }

    /// - Parameter relief: long, so that other load on the machine does not affect the test.
    init(threads: Int, relief: Int = 20_000) throws {
      let gate = Gate()
      self.gate = gate
      socket = try Socket()
      pool = Pool(listening: socket.listening, few: 1, relief: relief)
      crew = pool.start(
        threads: threads, makeState: { 0 },
        answer: { name, request in
          if name == 0 { name = gate.threads.add(1, ordering: .relaxed).newValue }
          while request.path == "/slow", !gate.isOpen.load(ordering: .relaxed) { usleep(1000) }
          return Response(200, body: .bytes([UInt8(name)]))
        }, finished: { _, _ in })
    }

    /// The number of the thread that answered.
    func ask() throws -> UInt8? { try Client.ask(socket, Frame.request("GET", "/")).body.first }

    /// The connection of a request that waits for `letGo()`.
    func askSlowly() throws -> Int32 {
      let descriptor = try socket.connect()
      try Client.send(Frame.request("GET", "/slow"), to: descriptor)
      return descriptor
    }

    func letGo() { gate.isOpen.store(true, ordering: .relaxed) }

    func stop() {
      pool.stop()
      crew.join()
    }
  }

  @Test func quickRequestsNeedFewThreads() throws {
    let crowd = try Crowd(threads: 4)
    let names = try (0..<200).map { _ in try crowd.ask() }
    #expect(Set(names) == [1])
    crowd.stop()
  }

  @Test func slowRequestsStartTheOtherThreads() throws {
    let crowd = try Crowd(threads: 3, relief: 1000)
    let held = try [crowd.askSlowly(), crowd.askSlowly()]
    defer { for descriptor in held { close(descriptor) } }
    #expect(try crowd.ask() == 3)
    crowd.letGo()
    for descriptor in held {
      #expect(try [1, 2].contains(Client.read(from: descriptor).body.first))
    }
    // Two of the three are inactive again, each after its request.
    _ = try (0..<3).map { _ in try crowd.ask() }
    #expect(Set(try (0..<50).map { _ in try crowd.ask() }).count == 1)
    crowd.stop()
  }

  @Test func idleThreadsStopWithTheOthers() throws {
    let crowd = try Crowd(threads: 8)
    crowd.stop()
  }
}
