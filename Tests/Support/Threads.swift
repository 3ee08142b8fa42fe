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
