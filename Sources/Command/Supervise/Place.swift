internal import Glibc

/// One process that should always be there, whoever fills the place.
struct Place {
  let duty: Duty
  private(set) var pid: pid_t?
  /// When the place may be filled again.
  private(set) var due = ContinuousClock.now
  private var filled = ContinuousClock.now
  private var failures = 0

  /// A child that lived that long did not fail at its start; shorter lives must not follow at once.
  private static let trial = Duration.seconds(2)

  init(_ duty: Duty) { self.duty = duty }

  var isVacant: Bool { pid == nil }

  mutating func fill(with pid: pid_t) {
    self.pid = pid
    filled = .now
  }

  /// Its child died: the first time it is replaced at once, then after up to five seconds.
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
