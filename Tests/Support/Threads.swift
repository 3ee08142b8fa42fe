internal import Glibc
internal import Synchronization

/// Runs the work on `count` threads and returns their results in order.
/// - Parameter meanwhile: work of the calling thread before it waits for the others.
/// - Throws: the first error, after all threads have ended.
package func inThreads<Result: Sendable>(
  _ count: Int, _ work: @escaping @Sendable (Int) throws -> Result,
  meanwhile: () throws -> Void = {}
) throws -> [Result] {
  let results = Results<Result>()
  let threads = (0..<count).map { index in
    start(ThreadBody { results.put(Swift.Result { try work(index) }, at: index) })
  }
  let done = Swift.Result { try meanwhile() }
  for thread in threads { pthread_join(thread, nil) }
  try done.get()
  return try results.inOrder.map { try $0.get() }
}

extension TestSite {
  /// Runs rounds on several threads, each with its own connection; all begin a round together.
  /// - Parameter prepare: work before each round, on the first thread.
  /// - Returns: the results of each round, in the order of the threads.
  package func rounds<Result: Sendable>(
    _ count: Int, _ threads: Int,
    prepare: @escaping @Sendable (Client, _ round: Int) throws -> Void = { _, _ in },
    _ work: @escaping @Sendable (Client, _ thread: Int, _ round: Int) throws -> Result
  ) throws -> [[Result]] {
    let (starts, ends) = (
      (0..<count).map { _ in StartingLine(threads) }, (0..<count).map { _ in StartingLine(threads) }
    )
    let columns = try race(threads) { client, thread in
      // Nobody leaves before the last round: the others would wait.
      let results = (0..<count).map { round in
        let prepared = Swift.Result { if thread == 0 { try prepare(client, round) } }
        starts[round].wait()
        let result = Swift.Result { try work(client, thread, round) }
        ends[round].wait()
        return prepared.flatMap { result }
      }
      return try results.map { try $0.get() }
    }
    return (0..<count).map { round in columns.map { $0[round] } }
  }
}

/// Makes threads wait until all have come.
final class StartingLine: Sendable {
  private let missing: Atomic<Int>

  /// A line for `threads` threads.
  init(_ threads: Int) { missing = Atomic(threads) }

  /// Waits for the others.
  func wait() {
    missing.subtract(1, ordering: .acquiringAndReleasing)
    let deadline = ContinuousClock.now + .seconds(60)
    // A race with a missing runner begins late; its result then shows the fault.
    while missing.load(ordering: .acquiring) > 0, .now < deadline { sched_yield() }
  }
}

private final class Results<Value: Sendable>: Sendable {
  private let found = Mutex<[Int: Result<Value, any Error>]>([:])

  func put(_ result: Result<Value, any Error>, at index: Int) {
    found.withLock { $0[index] = result }
  }

  var inOrder: [Result<Value, any Error>] {
    found.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
  }
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func start(_ body: ThreadBody) -> pthread_t {
  var thread = pthread_t()
  let handed = Unmanaged.passRetained(body).toOpaque()
  pthread_create(
    &thread, nil,
    { argument in
      if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
      return nil
    }, handed)
  return thread
}
