import Glibc
import Support
import Synchronization

/// Threads that send requests, one after the other, until they are stopped.
final class Load: Sendable {
  private let isStopping = Atomic<Bool>(false)
  private let answers = Mutex<[Int: Int]>([:])
  private let faults = Mutex<[String]>([])
  private let threads = Mutex<[pthread_t]>([])

  /// The answers.
  struct Tally {
    /// The number of answers by status; 0 counts the requests without an answer.
    let statuses: [Int: Int]
    /// A description of each answer that was not 200.
    let faults: [String]

    var all: Int { statuses.values.reduce(0, +) }
    var failed: Int { all - statuses[200, default: 0] }
  }

  /// Starts `count` threads; each sends the request that `request` makes for its number.
  init(threads count: Int, _ request: @escaping @Sendable (Int) throws -> WebAnswer) {
    let handles = (0..<count).map { number in
      Self.thread {
        while !self.isStopping.load(ordering: .relaxed) { self.ask { try request(number) } }
      }
    }
    threads.withLock { $0 = handles }
  }

  /// Sends one request on a new thread.
  init(once request: @escaping @Sendable () throws -> WebAnswer) {
    let handle = Self.thread { self.ask(request) }
    threads.withLock { $0 = [handle] }
  }

  /// The number of answers so far.
  var count: Int { answers.withLock { $0.values.reduce(0, +) } }

  /// Lets every thread finish its request.
  func stop() -> Tally {
    isStopping.store(true, ordering: .relaxed)
    return join()
  }

  /// Waits for the threads to end.
  func join() -> Tally {
    for thread in threads.withLock({ $0 }) { pthread_join(thread, nil) }
    threads.withLock { $0 = [] }
    return Tally(statuses: answers.withLock { $0 }, faults: faults.withLock { $0 })
  }

  private func ask(_ request: () throws -> WebAnswer) {
    var status = 0
    do {
      let answer = try request()
      status = answer.status
      if status != 200 { faults.withLock { $0.append("\(status): \(answer.text)") } }
    } catch {
      faults.withLock { $0.append("\(error)") }
    }
    answers.withLock { $0[status, default: 0] += 1 }
  }

  private final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a new thread: the test library has few, and other suites need them.
  private static func thread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    var handle: pthread_t = 0
    let start = Unmanaged.passRetained(Start(body)).toOpaque()
    pthread_create(
      &handle, nil,
      { start in
        if let start { Unmanaged<Start>.fromOpaque(start).takeRetainedValue().body() }
        return nil
      }, start)
    return handle
  }
}
