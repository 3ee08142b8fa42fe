internal import HTTP
internal import Synchronization

/// Keeps uploads from holding every thread of a process: one thread is always free soon.
package final class UploadGate: Sendable {
  private let places: Int
  private let seconds: Duration
  private let patience: Duration
  private let state = Mutex(State())

  private struct State {
    var last = 0
    var underWay: [Int: ContinuousClock.Instant] = [:]
  }

  /// - Parameters:
  ///   - threads: those of the process; all but one may be held by uploads for long.
  ///   - seconds: after which an upload begins no further file.
  ///   - patience: the same for the upload that takes the last thread, and what makes one slow.
  package init(threads: Int, seconds: Duration, patience: Duration = .seconds(2)) {
    places = max(1, threads - 1)
    self.seconds = seconds
    self.patience = patience
  }

  /// Does the work of one upload, which must keep to the budget.
  /// - Throws: 503 at once when the process is full of slow ones; whatever `work` throws.
  package func admit<Result>(_ work: (UploadBudget) throws -> Result) throws -> Result {
    let (number, budget) = try enter()
    defer { state.withLock { _ = $0.underWay.removeValue(forKey: number) } }
    return try work(budget)
  }

  private func enter() throws(Problem) -> (Int, UploadBudget) {
    let now = ContinuousClock.now
    let (number, isFull) = state.withLock { state -> (Int?, Bool) in
      let isFull = state.underWay.count >= places
      // Many short uploads at once pass by each other: only slow ones close the gate.
      if isFull, state.underWay.values.count(where: { now - $0 >= patience }) >= places {
        return (nil, true)
      }
      state.last += 1
      state.underWay[state.last] = now
      return (state.last, isFull)
    }
    guard let number else {
      throw Problem(
        503, "Too many uploads are under way: try again in a moment.",
        headers: [("Retry-After", "5")])
    }
    let budget =
      isFull
      ? UploadBudget(min(patience, seconds), grace: patience, from: now)
      : UploadBudget(seconds, grace: .seconds(15), from: now)
    return (number, budget)
  }
}

/// The time that one upload may take: nginx gives up after a minute.
package final class UploadBudget {
  private let last: ContinuousClock.Instant
  private let end: ContinuousClock.Instant
  private var hasBegun = false

  /// - Parameters:
  ///   - time: after which no further file is begun.
  ///   - grace: how much longer the file in hand may take.
  init(_ time: Duration, grace: Duration, from start: ContinuousClock.Instant) {
    last = start + time
    end = last + grace
  }

  /// Whether another file may be begun; the first always may, so that each repetition makes progress.
  var isLeft: Bool { !hasBegun || .now < last }

  /// Begins a file; returns its time in milliseconds, nil when no time is left.
  func begin() -> Int? {
    guard isLeft else { return nil }
    hasBegun = true
    return max(1, Int((end - .now) / .milliseconds(1)))
  }
}
