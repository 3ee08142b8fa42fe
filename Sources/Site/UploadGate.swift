internal import HTTP
internal import Synchronization

/// Prevents uploads from occupying all threads of a process.
///
/// One thread is always free, or soon will be.
package final class UploadGate: Sendable {
  private let places: Int
  private let seconds: Duration
  private let patience: Duration
  private let state = Mutex(State())

  private struct State {
    var last = 0
    var underWay: [Int: ContinuousClock.Instant] = [:]
  }

  /// Makes a gate.
  /// - Parameters:
  ///   - threads: the threads of the process; uploads may occupy all but one for long.
  ///   - seconds: the time after which an upload starts no further file.
  ///   - patience: the same time for the upload on the last thread; an older upload counts as slow.
  package init(threads: Int, seconds: Duration, patience: Duration = .seconds(2)) {
    places = max(1, threads - 1)
    self.seconds = seconds
    self.patience = patience
  }

  /// Runs one upload, which must stay within the budget.
  /// - Throws: 503 at once when slow uploads fill the process; also the errors of `work`.
  package func admit<Result>(_ work: (UploadBudget) throws -> Result) throws -> Result {
    let (number, budget) = try enter()
    defer { state.withLock { _ = $0.underWay.removeValue(forKey: number) } }
    return try work(budget)
  }

  private func enter() throws(Problem) -> (Int, UploadBudget) {
    let now = ContinuousClock.now
    let (number, isFull) = state.withLock { state -> (Int?, Bool) in
      let isFull = state.underWay.count >= places
      // Many short uploads may run at once; only slow ones close the gate.
      if isFull, state.underWay.values.count(where: { now - $0 >= patience }) >= places {
        return (nil, true)
      }
      state.last += 1
      state.underWay[state.last] = now
      return (state.last, isFull)
    }
    guard let number else {
      throw Problem(
        503, "Too many uploads are in progress: try again in a moment.",
        headers: [("Retry-After", "5")])
    }
    let budget =
      isFull
      ? UploadBudget(min(patience, seconds), grace: patience, from: now)
      : UploadBudget(seconds, grace: .seconds(15), from: now)
    return (number, budget)
  }
}

/// The time limit of one upload; nginx gives up after a minute.
package final class UploadBudget {
  private let last: ContinuousClock.Instant
  private let end: ContinuousClock.Instant
  private var hasBegun = false

  /// Makes a budget.
  /// - Parameters:
  ///   - time: the time after which no further file starts.
  ///   - grace: the additional time for the current file.
  init(_ time: Duration, grace: Duration, from start: ContinuousClock.Instant) {
    last = start + time
    end = last + grace
  }

  /// Whether another file may start; the first always may, so that each repetition makes progress.
  package var isLeft: Bool { !hasBegun || .now < last }

  /// Starts a file; returns its time limit in milliseconds, or nil when no time is left.
  package func begin() -> Int? {
    guard isLeft else { return nil }
    hasBegun = true
    return max(1, Int((end - .now) / .milliseconds(1)))
  }
}
