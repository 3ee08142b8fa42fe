import FastCGI
import Glibc
import HTTP
import Synchronization

/// A pool under test, and its log of finished requests.
final class Running: Sendable {
  struct Line: Sendable {
    let target: String
    let status: Int
    let bytes: Int
    let outcome: String
  }

  let socket: Socket
  private let pool: Pool
  private let crew: Crew
  private let log: Log

  private final class Log: Sendable {
    let lines = Mutex<[Line]>([])
  }

  init(
    threads: Int = 2, patience: Patience = Patience(),
    _ answer: @escaping @Sendable (HTTP.Request) -> HTTP.Response
  ) throws {
    let log = Log()
    self.log = log
    socket = try Socket()
    pool = Pool(listening: socket.listening, patience: patience)
    crew = pool.start(
      threads: threads, makeState: { 0 },
      answer: { state, request in
        state += 1
        return answer(request)
      },
      finished: { state, exchange in log.lines.withLock { $0.append(Line(exchange)) } })
  }

  /// Stops the pool; returns the lines of all requests in the order in which they finished.
  func stop() -> [Line] {
    pool.stop()
    crew.join()
    return log.lines.withLock { $0 }
  }

  /// Stops the pool while a request runs.
  func requestStop() { pool.stop() }

  /// Sends one request on a new connection.
  func ask(_ bytes: [UInt8]) throws -> Reply { try Client.ask(socket, bytes) }
}

extension Running.Line {
  init(_ exchange: borrowing Exchange) {
    target = exchange.request.target
    status = exchange.status
    bytes = exchange.bytes
    outcome =
      switch exchange.outcome {
      case .complete: "complete"
      case .clientGone: "gone"
      case .failed: "failed"
      }
  }
}
