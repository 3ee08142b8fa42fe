internal import CLinux
internal import Glibc

/// The signals that wake the supervisor.
enum Wakeup {
  /// Blocks the signals, because the supervisor waits for them instead of handling them.
  static func block() {
    var set = signals
    sigprocmask(SIG_BLOCK, &set, nil)
  }

  /// Returns the next signal, or nil at the deadline.
  static func wait(until deadline: ContinuousClock.Instant) -> Int32? {
    let left = max(.zero, deadline - .now).components
    var time = timespec(
      tv_sec: Int(left.seconds), tv_nsec: Int(left.attoseconds / 1_000_000_000))
    var set = signals
    let signal = sigtimedwait(&set, nil, &time)
    return signal > 0 ? signal : nil
  }

  private static var signals: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in [SIGCHLD, SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, signal) }
    return set
  }
}
