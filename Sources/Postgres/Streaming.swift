internal import CLibPQ

extension Connection {
  /// Hands over the rows one by one as they arrive, in bounded memory.
  ///
  /// The connection can run nothing else meanwhile. A body that throws ends the session, and with
  /// it the transaction, because the remaining rows are on their way. The statement timeout
  /// includes the time that the bodies take.
  package func each(_ sql: SQL, _ body: (inout Row) throws -> Void) throws {
    try sql.parameters.check()
    let link = try usableLink()
    try open(on: link)
    if try !stream(sql, on: link, body) {
      guard try stream(sql, on: link, body) else {
        throw PostgresError.refused(sqlstate: "0A000", message: "the plan is stale again")
      }
    }
  }

  /// Runs the statement; false when its plan was stale and no row was handed over.
  private func stream(
    _ sql: SQL, on link: OpaquePointer, _ body: (inout Row) throws -> Void
  ) throws -> Bool {
    let name = try prepared(sql.text, on: link)
    let isSent = sql.parameters.withPointers { values in
      PQsendQueryPrepared(
        link, name, values.count, values.values, values.lengths, values.formats, Self.binary)
    }
    guard isSent == 1, PQsetSingleRowMode(link) == 1 else { throw lost(link) }
    do {
      isStreaming = true
      defer { isStreaming = false }
      while let result = PQgetResult(link) {
        guard try handOver(QueryResult(result), of: sql, on: link, body) else { return false }
      }
    } catch let error as ServerFailure {
      throw error.cause
    } catch {
      drop()
      throw error
    }
    return true
  }

  /// Hands over one row; false when the plan was stale.
  private func handOver(
    _ result: consuming QueryResult, of sql: SQL, on link: OpaquePointer,
    _ body: (inout Row) throws -> Void
  ) throws -> Bool {
    if result.isGood {
      var row = Row(result)
      while row.advance() { try body(&row) }
      return true
    }
    while let more = PQgetResult(link) { PQclear(more) }
    guard result.saysPlanIsStale else { throw ServerFailure(cause: failure(of: result)) }
    do throws(PostgresError) {
      try forget(sql.text, because: result)
    } catch {
      throw ServerFailure(cause: error)
    }
    return false
  }

  /// An error of the server, as against one of the body: it leaves the link usable.
  private struct ServerFailure: Error {
    let cause: PostgresError
  }
}
