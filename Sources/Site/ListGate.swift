package import HTTP
package import Vocabulary

internal import Synchronization

/// Limits the long lists that a process sends at once, because each occupies a thread to its end.
package final class ListGate: Sendable {
  /// The maximum number of lists at once.
  package let places: Int
  /// The maximum of one account, which leaves a place for other accounts.
  private let placesOfOne: Int
  private let underWay = Mutex<[ID<Account>: Int]>([:])

  /// Makes a gate.
  /// - Parameter threads: the process's threads; at most 3/8 of them send long lists.
  package init(threads: Int) {
    places = max(1, threads * 3 / 8)
    placesOfOne = max(1, places - 1)
  }

  /// Takes a place, which is released with the last reference to it.
  /// - Throws: 503 when all places are taken, or the account's share is used up.
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
