package import Queue

internal import Glibc

/// Waits until a condition is true, so that a fault is a failed test and not a test without an end.
/// - Parameter pause: microseconds between two questions.
/// - Throws: `Missing` when it is not true in time.
package func wait(
  seconds: Int = 60, for what: String, pause: UInt32 = 2000, until isSo: () throws -> Bool
) throws {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while try !isSo() {
    guard ContinuousClock.now < deadline else {
      throw Missing(description: "not within \(seconds) s: \(what)")
    }
    usleep(pause)
  }
}

extension Worker {
  /// Runs chunks until none waits; returns their number.
  /// - Throws: `Missing` when more chunks come than any test makes.
  @discardableResult
  package func runAll(afterEach body: () throws -> Void = {}) throws -> Int {
    var count = 0
    while try runNext() {
      try body()
      count += 1
      guard count < 10_000 else { throw Missing(description: "the queue does not become empty") }
    }
    return count
  }
}
