internal import CLibPQ

extension Connection {
  /// Passes the rows to `body` one by one as they arrive, in bounded memory.
  ///
  /// The connection cannot run other statements meanwhile. When `body` throws, the session is
  /// closed and its transaction is lost, because the server still sends rows. The statement timeout
  /// includes the time that `body` takes.
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

  /// Passes one row to `body`; false when the plan was stale.
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

  /// An error of the server, which leaves the connection usable; an error of `body` does not.
  private struct ServerFailure: Error {
    let cause: PostgresError
  }
}
