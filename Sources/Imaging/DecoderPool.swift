internal import Glibc
internal import Synchronization

/// Decodes uploaded bytes in confined children: each unit of work has its own, forked from a
/// prepared parent process (zygote) that has read no file.
///
/// Any number of threads may call it at the same time.
package final class DecoderPool: Sendable {
  private struct State {
    var zygote: DecoderZygote?
    var living: Set<Int32> = []
    var isStopped = false
  }

  // Each failed start has cost a child; more failures than these have a common cause.
  private static let mostStarts = 4

  private let executable: String
  let limits: DecodeLimits
  let turnstile: Turnstile
  private let state = Mutex(State())

  /// Starts no process yet; at most `size` children work at the same time.
  package init(executable: String, size: Int, limits: DecodeLimits = .init()) {
    self.executable = executable
    self.limits = limits
    turnstile = Turnstile(places: size)
  }

  deinit { stop() }

  /// Begins a unit of work; its child sees only the files of this unit.
  package func session() -> DecoderSession { DecoderSession(self) }

  /// Starts a child and ends it, to see whether the decoder works on this host.
  package func check() throws(DecodeFailure) {
    var starts = 0
    guard let child = try newChild(&starts) else { throw notReady }
    _ = end(child)
  }

  /// Ends the zygote.
  ///
  /// A session's child still answers for one file at most; then every call throws `unavailable`.
  package func stop() {
    let zygote = state.withLock { state in
      state.isStopped = true
      defer { state.zygote = nil }
      return state.zygote
    }
    // It ends here, outside the lock.
    withExtendedLifetime(zygote) {}
  }

  /// The process identifiers of the running children, without the zygote.
  package var children: Set<Int32> { state.withLock(\.living) }

  /// The process identifier of the zygote; nil while there is none.
  package var zygote: Int32? { state.withLock { $0.zygote?.identifier } }

  var isStopped: Bool { state.withLock(\.isStopped) }

  /// A new child; nil when it ended before it was ready, for example killed from outside.
  func newChild(_ starts: inout Int) throws(DecodeFailure) -> DecoderChild? {
    starts += 1
    guard starts <= Self.mostStarts else { throw notReady }
    let zygote = try currentZygote()
    let deadline = Deadline(after: limits.wallMilliseconds)
    guard let child = try zygote.fork(before: deadline) else {
      // After any failure a new zygote forks the next child.
      state.withLock { if $0.zygote === zygote { $0.zygote = nil } }
      if deadline.left == 0 { throw notReady }
      return nil
    }
    state.withLock { _ = $0.living.insert(child.identifier) }
    return child
  }

  private var notReady: DecodeFailure { .unavailable("\(executable) did not become ready.") }

  private func currentZygote() throws(DecodeFailure) -> DecoderZygote {
    try state.withLock { state throws(DecodeFailure) in
      guard !state.isStopped else { throw .unavailable("The image decoders are stopped.") }
      if let zygote = state.zygote { return zygote }
      let zygote = try DecoderZygote(executable, limits)
      state.zygote = zygote
      return zygote
    }
  }

  /// Ends a child; returns the signal that ended it.
  func end(_ child: DecoderChild) -> Int32 {
    state.withLock { _ = $0.living.remove(child.identifier) }
    return child.end()
  }
}
