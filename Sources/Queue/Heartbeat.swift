internal import CLinux
internal import Glibc
internal import Logging
internal import Postgres

/// Renews a chunk's lease while its work goes on, even during one long step.
///
/// It uses its own thread and connection, so the lease can be short: when a worker is killed or cut
/// off, its chunk is soon free.
final class Heartbeat {
  private let thread: pthread_t
  private let end: Int32

  /// Milliseconds between heartbeats; most chunks end before the first one.
  private static let pause: Int32 = 5000
  /// The maximum number of heartbeats; after that the work counts as hung, and another worker may
  /// try.
  private static let most = 120

  /// Starts the heartbeat; nil when the system cannot create a thread, so that only `Lease.beat`
  /// renews the lease.
  init?(for lease: Lease, database: String) {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { return nil }
    let start = Unmanaged.passRetained(
      Start(chunk: lease.chunk, database: database, log: lease.log, stop: ends[0]))
    var thread: pthread_t = 0
    guard pthread_create(&thread, nil, { Heartbeat.main($0) }, start.toOpaque()) == 0 else {
      start.release()
      for end in ends { close(end) }
      return nil
    }
    (self.thread, end) = (thread, ends[1])
  }

  /// Stops the heartbeat.
  deinit {
    close(end)
    pthread_join(thread, nil)
  }

  private final class Start: Sendable {
    let chunk: Chunk
    let database: String
    let log: Logger
    let stop: Int32

    init(chunk: Chunk, database: String, log: Logger, stop: Int32) {
      (self.chunk, self.database, self.log, self.stop) = (chunk, database, log, stop)
    }

    deinit { close(stop) }
  }

  private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    let db = Connection(start.database)
    for _ in 0..<most {
      // The pipe becomes readable when its other end is closed.
      var stop = pollfd(fd: start.stop, events: Int16(POLLIN), revents: 0)
      guard poll(&stop, 1, pause) == 0 else { return nil }
      do throws(PostgresError) {
        guard try ChunkQueries.beat(start.chunk, db) else { return nil }
      } catch {
        if case .unavailable = error, ServerWatch.shared.isAway { continue }
        start.log.warning("heartbeat missed", metadata: ["error": "\(error)"])
      }
    }
    return nil
  }
}
