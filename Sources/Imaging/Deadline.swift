internal import CLinux
internal import Glibc

/// A moment on the monotonic clock.
struct Deadline: Sendable {
  private let moment: ContinuousClock.Instant

  init(after milliseconds: Int) {
    moment = .now + .milliseconds(milliseconds)
  }

  /// Waits until the descriptor is readable or closed; false when the deadline came first.
  func wait(for descriptor: Int32) -> Bool {
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while true {
      switch poll(&watched, 1, Int32(clamping: left)) {
      case 1...: return true
      case 0: return false
      default: if errno != EINTR { return false }
      }
    }
  }

  /// Milliseconds, rounded up so that a wait does not end too early and repeat.
  var left: Int { Int((max(.zero, moment - .now) / .milliseconds(1)).rounded(.up)) }
}
