package import HTTP

internal import Cryptography
internal import Glibc
internal import Synchronization

/// The result of comparing a password with a stored hash.
package enum PasswordMatch {
  case none
  /// Matches in the form in which passwords are hashed.
  case prepared
  /// Matches as typed, because an older version hashed passwords without preparation.
  case unprepared
}

/// Limits password hashing to one at a time per process, so that logins do not starve other
/// requests.
package final class PasswordGate: Sendable {
  private let turn = Mutex(())
  private let waiting = Atomic<Int>(0)
  private let mostWaiting: Int

  /// Makes a gate in which at most this many threads wait; others get 503.
  init(mostWaiting: Int) { self.mostWaiting = mostWaiting }

  /// Hashes a new password.
  package func hash(_ password: String) throws(Problem) -> String {
    try inTurn { Password.hash(password) }
  }

  /// Compares a password with a hash; takes the same time when there is no account or no password.
  ///
  /// A second hash is computed only when preparation changes the password, whether or not there is
  /// such an account.
  package func matches(_ password: String, _ hash: String?) throws(Problem) -> PasswordMatch {
    let hash = hash.flatMap { $0.hasPrefix("$") ? $0 : nil }
    let prepared = OpaqueString.prepared(password)
    let differs = !prepared.utf8.elementsEqual(password.utf8)
    return try inTurn {
      let tried = hash ?? Password.decoy
      if Password.matches(prepared, tried) { return hash == nil ? .none : .prepared }
      guard differs, Password.matches(password, tried) else { return .none }
      return hash == nil ? .none : .unprepared
    }
  }

  private func inTurn<Answer: Sendable>(_ work: () -> Answer) throws(Problem) -> Answer {
    defer {
      if waiting.subtract(1, ordering: .relaxed).newValue == 0 { Password.rest() }
    }
    guard waiting.add(1, ordering: .relaxed).newValue <= mostWaiting else {
      throw .unavailable("Too many people are signing in: try again in a moment.")
    }
    return turn.withLock { _ in work() }
  }
}
