internal import CLibPQ
internal import Glibc

extension Connection {
  /// The maximum number of repetitions after a conflict.
  private static let mostRetries = 3

  /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
  ///
  /// After a `.conflict` the body runs again, three times at most, so it must not do anything that
  /// a rollback does not undo. A body without statements sends nothing to the server.
  /// - Throws: the error of the body; `.unavailable` when the connection was lost during the
  ///   commit, so that the result is unknown; `.refused` inside another transaction.
  @discardableResult
  package func transaction<T>(_ body: (Connection) throws -> T) throws -> T {
    guard !inTransaction else {
      throw PostgresError.refused(sqlstate: "25001", message: "a transaction is under way already")
    }
    for retry in 1...Self.mostRetries {
      do {
        return try attempt(body)
      } catch PostgresError.conflict {
        // A random pause, so that two conflicting transactions do not meet again.
        usleep(UInt32.random(in: 0...2000) * UInt32(retry))
      }
    }
    return try attempt(body)
  }

  private func attempt<T>(_ body: (Connection) throws -> T) throws -> T {
    scope = .pending
    defer {
      scope = .none
      if prefaceState == .pending { prefaceState = .owed }
    }
    let value: T
    do {
      value = try body(self)
      if scope != .pending, let closing { try run(closing) }
    } catch {
      rollBack()
      throw error
    }
    if scope != .pending {
      try commit()
      closing = nil
    }
    if prefaceState == .pending { prefaceState = .done }
    return value
  }

  private func commit() throws(PostgresError) {
    let link = try usableLink()
    switch PQtransactionStatus(link) {
    case PQTRANS_INTRANS: break
    case PQTRANS_IDLE:
      throw .refused(sqlstate: "25P01", message: "the transaction ended inside its body")
    default:
      rollBack()
      throw .refused(sqlstate: "25P02", message: "an earlier statement has failed")
    }
    let tag = try accepted(QueryResult(PQexec(link, "commit"))).tag
    guard tag == "COMMIT" else {
      throw .refused(sqlstate: "25P02", message: "the server rolled the transaction back")
    }
  }

  private func rollBack() {
    guard scope == .open, let link, PQtransactionStatus(link) != PQTRANS_IDLE else { return }
    // When the rollback fails the link is closed, and the server rolls back by itself.
    if !QueryResult(PQexec(link, "rollback")).isGood { drop() }
  }
}
