internal import Glibc

/// A place for one process that must always run.
struct Place {
  let duty: Duty
  private(set) var pid: pid_t?
  /// The earliest time to fill the place again.
  private(set) var due = ContinuousClock.now
  private var filled = ContinuousClock.now
  private var failures = 0

  /// A child that lived longer has not failed at its start, so it is replaced without a delay.
  private static let trial = Duration.seconds(2)

  init(_ duty: Duty) { self.duty = duty }

  var isVacant: Bool { pid == nil }

  mutating func fill(with pid: pid_t) {
    self.pid = pid
    filled = .now
  }

  /// Empties the place after its child died; the first replacement is immediate, later ones wait up
  /// to five seconds.
  mutating func vacate() {
    if let pid, pid > 0, ContinuousClock.now - filled > Self.trial { failures = 0 }
    pid = nil
    due = .now + Self.delay(after: failures)
    failures += 1
  }

  private static func delay(after failures: Int) -> Duration {
    failures == 0 ? .zero : min(.seconds(5), .milliseconds(100 << min(failures, 6)))
  }
}
