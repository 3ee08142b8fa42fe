package import HTTP

internal import Synchronization

/// Bounds the long lists that a process sends at once: each needs a thread until its last row.
package final class ListGate: Sendable {
  /// Lists at once, of all accounts.
  package let places: Int
  /// Lists at once of one account: one account never holds the last of several places.
  private let placesOfOne: Int
  private let underWay = Mutex<[ID<Account>: Int]>([:])

  /// - Parameter threads: those of the process; at most 3/8 of them send long lists.
  package init(threads: Int) {
    places = max(1, threads * 3 / 8)
    placesOfOne = max(1, places - 1)
  }

  /// Takes a place, which is free again when the last reference to it is gone.
  /// - Throws: 503 when all places are taken, or the account has its share.
  package func enter(_ account: ID<Account>) throws(Problem) -> Place {
    let isFree = underWay.withLock { counts in
      let own = counts[account, default: 0]
      guard own < placesOfOne, counts.values.reduce(0, +) < places else { return false }
      counts[account] = own + 1
      return true
    }
    guard isFree else {
      throw .unavailable(
        "Too many long lists are being sent: try again in a moment, or ask for pages with limit.")
    }
    return Place(self, account)
  }

  private func leave(_ account: ID<Account>) {
    underWay.withLock { counts in
      let own = counts[account, default: 1]
      counts[account] = own > 1 ? own - 1 : nil
    }
  }

  /// The right to send one list.
  package final class Place: Sendable {
    private let gate: ListGate
    private let account: ID<Account>

    fileprivate init(_ gate: ListGate, _ account: ID<Account>) {
      (self.gate, self.account) = (gate, account)
    }

    deinit { gate.leave(account) }
  }
}
