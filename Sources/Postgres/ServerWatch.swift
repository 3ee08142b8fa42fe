internal import Synchronization

/// Reports once when the server cannot be reached, and once when it can be reached again.
///
/// All connections of a process share one, so that a server that is away for an hour does not fill
/// the log.
package final class ServerWatch: Sendable {
  /// A report.
  package enum Report: Equatable, Sendable {
    case away(error: String)
    case back(after: Duration)
  }

  /// The watch of this process.
  package static let shared = ServerWatch()

  private let state: Mutex<State>
  private let now: @Sendable () -> ContinuousClock.Instant

  /// The shortest time between two reports that the server is away: when it refuses only some
  /// connections, reports would be as frequent as connections.
  private static let pause = Duration.seconds(60)

  private struct State {
    var tell: (@Sendable (Report) -> Void)?
    /// The first loss or failed attempt since the last success.
    var since: ContinuousClock.Instant?
    /// The last report that the server is away.
    var reported: ContinuousClock.Instant?
    var isReported = false
  }

  /// Makes a watch.
  /// - Parameter now: the clock.
  package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.now = now
    state = Mutex(State())
  }

  /// Whether it was reported that the server is away, and not yet that it is back.
  package var isAway: Bool { state.withLock(\.isReported) }

  /// Sets the receiver of reports.
  package func report(_ tell: @escaping @Sendable (Report) -> Void) {
    state.withLock { $0.tell = tell }
  }

  /// Records a lost connection, or an attempt to connect that failed.
  func failed(_ error: String) {
    let now = now()
    let tell = state.withLock { state -> (@Sendable (Report) -> Void)? in
      state.since = state.since ?? now
      guard !state.isReported, state.reported.map({ now - $0 >= Self.pause }) ?? true else {
        return nil
      }
      (state.reported, state.isReported) = (now, true)
      return state.tell
    }
    tell?(.away(error: error))
  }

  /// Records an attempt to connect that succeeded.
  func succeeded() {
    let now = now()
    let found = state.withLock { state -> (Duration, (@Sendable (Report) -> Void)?)? in
      defer { (state.since, state.isReported) = (nil, false) }
      guard state.isReported, let since = state.since else { return nil }
      return (now - since, state.tell)
    }
    if let (duration, tell) = found { tell?(.back(after: duration)) }
  }
}
