import Glibc
import Synchronization

/// Runs the work on this number of threads and collects their results.
func inThreads<Result: Sendable>(_ count: Int, _ work: @escaping @Sendable (Int) -> Result)
  -> [Result]
{
  let results = Results<Result>()
  let threads = (0..<count).map { index in
    start(Job { results.put(work(index), at: index) })
  }
  for thread in threads { pthread_join(thread, nil) }
  return results.inOrder
}

private final class Results<Result: Sendable>: Sendable {
  private let found = Mutex<[Int: Result]>([:])

  func put(_ result: Result, at index: Int) { found.withLock { $0[index] = result } }

  var inOrder: [Result] { found.withLock { $0.sorted { $0.key < $1.key }.map(\.value) } }
}

private final class Job: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func start(_ job: Job) -> pthread_t {
  var thread = pthread_t()
  let handed = Unmanaged.passRetained(job).toOpaque()
  pthread_create(
    &thread, nil,
    { argument in
      if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
      return nil
    }, handed)
  return thread
}
