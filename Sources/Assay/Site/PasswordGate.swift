internal import Cryptography
internal import Glibc
internal import HTTP
internal import Synchronization

/// How a password fits a stored hash.
enum PasswordMatch {
  case none
  /// In the form in which passwords are hashed.
  case prepared
  /// As it was typed: the stored hash is from a version that did not prepare passwords.
  case unprepared
}

/// Bounds password hashing: one at a time in a process, so that logins cannot starve the rest.
package final class PasswordGate: Sendable {
  private let turn = Mutex(())
  private let waiting = Atomic<Int>(0)
  private let mostWaiting: Int

  /// A gate that lets so many threads wait; others are told to come back.
  init(mostWaiting: Int) { self.mostWaiting = mostWaiting }

  /// Hashes a new password.
  func hash(_ password: String) throws(Problem) -> String {
    try inTurn { Password.hash(password) }
  }

  /// Whether a password is right; costs the same when there is no such account, or one that nobody
  /// signs in to with a password.
  ///
  /// A second hash is computed only for a password that preparation changes. Whether there is such
  /// an account makes no difference.
  func matches(_ password: String, _ hash: String?) throws(Problem) -> PasswordMatch {
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
