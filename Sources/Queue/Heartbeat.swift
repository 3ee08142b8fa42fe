internal import CLinux
internal import Glibc
internal import Logging
internal import Postgres

/// Keeps a chunk's lease alive while its work goes on, however long one step takes.
///
/// It beats from a thread and a connection of its own, so that the lease may be short: a worker that
/// is killed or cut off stops beating, and the chunk is free soon after.
final class Heartbeat {
  private let thread: pthread_t
  private let end: Int32

  /// Milliseconds between beats; most chunks are done before the first.
  private static let pause: Int32 = 5000
  /// The most beats: longer work hangs, and another worker may try.
  private static let most = 120

  /// Begins to beat; nil when the system gives no thread: then only `Lease.beat` does.
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

  /// Stops beating.
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
      // Readable means that the other end is closed.
      var stop = pollfd(fd: start.stop, events: Int16(POLLIN), revents: 0)
      guard poll(&stop, 1, pause) == 0 else { return nil }
      do throws(PostgresError) {
        guard try ChunkQueries.beat(start.chunk, db) else { return nil }
      } catch {
        start.log.warning("heartbeat missed", metadata: ["error": "\(error)"])
      }
    }
    return nil
  }
}
