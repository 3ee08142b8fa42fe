import FastCGI
import Glibc
import HTTP
import Testing

/// The end of a pool.
struct StopTests {
  @Test func currentRequestsAreFinished() throws {
    let running = try Running(threads: 2) { request in
      Response(200, body: .bytes((try? request.body(limit: 100)) ?? []))
    }
    let descriptor = try running.socket.connect()
    defer { close(descriptor) }
    let request = Frame.request("POST", "/", body: [65, 66])
    try Client.send(Array(request.dropLast(10)), to: descriptor)
    // An answer to another request shows that the threads run.
    _ = try running.ask(Frame.request())
    running.requestStop()
    try Client.send(Array(request.suffix(10)), to: descriptor)
    #expect(try Client.read(from: descriptor).text == "AB")
    #expect(running.stop().count == 2)
  }

  @Test func newConnectionsStayForOtherProcesses() throws {
    let running = try Running { _ in Response(200, body: .bytes([65])) }
    _ = try running.ask(Frame.request())
    _ = running.stop()
    let descriptor = try running.socket.connect()
    defer { close(descriptor) }
    try Client.send(Frame.request(), to: descriptor)
    let successor = Pool(listening: running.socket.listening)
    let crew = successor.start(
      threads: 1, makeState: {}, answer: { _, _ in Response(200, body: .bytes([66])) },
      finished: { _, _ in })
    #expect(try Client.read(from: descriptor).text == "B")
    successor.stop()
    crew.join()
  }

  @Test func aFullQueueDoesNotPreventTheStop() throws {
    let running = try Running(threads: 1) { request in
      if request.path == "/slow" { usleep(200_000) }
      return Response(200)
    }
    var waiting: [Int32] = []
    defer { for descriptor in waiting { close(descriptor) } }
    for number in 0..<50 {
      waiting.append(try running.socket.connect())
      let request = Frame.request("GET", number == 0 ? "/slow" : "/")
      try Client.send(request, to: waiting[number])
    }
    usleep(50_000)
    running.requestStop()
    // The running request, and one more whose connection may have woken no other process.
    #expect(running.stop().count <= 2)
  }

  @Test func stoppingTwiceIsHarmless() throws {
    let running = try Running { _ in Response(200) }
    running.requestStop()
    running.requestStop()
    #expect(running.stop().isEmpty)
  }

  @Test func eachThreadHasItsOwnState() throws {
    let socket = try Socket()
    let pool = Pool(listening: socket.listening)
    let crew = pool.start(
      threads: 1, makeState: { [Int]() },
      answer: { seen, _ in
        seen.append(seen.count)
        return Response(200, body: .bytes(seen.map { UInt8($0) }))
      }, finished: { seen, _ in seen.append(100) })
    #expect(try Client.ask(socket, Frame.request()).body == [0])
    #expect(try Client.ask(socket, Frame.request()).body == [0, 100, 2])
    pool.stop()
    crew.join()
  }
}
