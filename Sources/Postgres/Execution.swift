internal import CLibPQ

extension Connection {
  /// Sends a statement and returns its rows, positioned before the first.
  ///
  /// A statement with a stale plan is prepared and sent again, because the server executed nothing.
  /// Inside a transaction the error has ended the transaction, so the whole transaction must be
  /// repeated.
  func query(_ sql: SQL) throws(PostgresError) -> Row {
    try sql.parameters.check()
    let link = try usableLink()
    let result = try send(sql, on: link)
    guard !result.isGood else { return Row(result) }
    guard result.saysPlanIsStale else { throw failure(of: result) }
    try forget(sql.text, because: result)
    return Row(try accepted(send(sql, on: link)))
  }

  /// Drops a stale plan.
  /// - Throws: `.conflict` inside a transaction.
  func forget(_ text: String, because result: borrowing QueryResult) throws(PostgresError) {
    if result.field(.sqlstate) == "26000" {
      statements.removeAll()
    } else {
      statements.condemn(text)
      // The server does not say which of the two statements was stale.
      if prefaceState == .owed, let preface { statements.condemn(preface.text) }
    }
    if inTransaction { throw .conflict(result.field(.message)) }
  }

  private func send(_ sql: SQL, on link: OpaquePointer) throws(PostgresError) -> QueryResult {
    if scope == .pending || prefaceState == .owed { return try sendOpening(with: sql, on: link) }
    let name = try prepared(sql.text, on: link)
    return QueryResult(
      sql.parameters.withPointers { values in
        PQexecPrepared(
          link, name, values.count, values.values, values.lengths, values.formats, Self.binary)
      })
  }

  /// Sends `begin` and the preface, if they are due, together with a statement.
  ///
  /// They then need no extra round trip. When one fails, the server skips those after it.
  private func sendOpening(
    with sql: SQL, on link: OpaquePointer
  ) throws(PostgresError) -> QueryResult {
    let preface = prefaceState == .owed ? preface : nil
    let prefaceName: String? =
      if let preface { try prepared(preface.text, on: link) } else { nil }
    let name = try prepared(sql.text, on: link)
    let begins = scope == .pending
    if begins { scope = .open }
    PQenterPipelineMode(link)
    var isSent = !begins || PQsendQueryParams(link, "begin", 0, nil, nil, nil, nil, 0) == 1
    if let preface, let prefaceName {
      isSent = isSent && Self.send(prefaceName, preface.parameters, on: link)
    }
    isSent = isSent && Self.send(name, sql.parameters, on: link) && PQpipelineSync(link) == 1
    guard isSent else { throw lost(link) }
    var result = nextInPipeline(link)
    for _ in 0..<((begins ? 1 : 0) + (preface == nil ? 0 : 1)) {
      let next = nextInPipeline(link)
      if result.isGood { result = next }
    }
    let sync = QueryResult(PQgetResult(link))
    guard sync.status == PGRES_PIPELINE_SYNC, PQexitPipelineMode(link) == 1 else {
      throw result.isGood ? lost(link) : failure(of: result)
    }
    // Otherwise the effects of the preface are rolled back with those of the statement.
    if preface != nil, result.isGood { prefaceState = scope == .open ? .pending : .done }
    return result
  }

  private static func send(
    _ name: String, _ parameters: Parameters, on link: OpaquePointer
  ) -> Bool {
    parameters.withPointers { values in
      PQsendQueryPrepared(
        link, name, values.count, values.values, values.lengths, values.formats, binary)
    } == 1
  }

  private func nextInPipeline(_ link: OpaquePointer) -> QueryResult {
    let result = QueryResult(PQgetResult(link))
    // The results of each statement end with a nil.
    while let more = PQgetResult(link) { PQclear(more) }
    return result
  }

  /// Sends `begin` and the preface, if due, before a statement that cannot be sent in the same
  /// pipeline.
  func open(on link: OpaquePointer) throws(PostgresError) {
    if scope == .pending {
      scope = .open
      try simple("begin", on: link)
    }
    guard prefaceState == .owed, let preface else { return }
    // Set before the call, so that `send` does not send the preface too.
    prefaceState = scope == .open ? .pending : .done
    do throws(PostgresError) {
      _ = try query(preface)
    } catch {
      prefaceState = .owed
      throw error
    }
  }

  /// Runs the preface now if no statement has carried it yet.
  package func runPreface() throws(PostgresError) {
    guard prefaceState == .owed else { return }
    try open(on: usableLink())
  }

  /// Returns the name of the prepared statement for a text, and prepares it if necessary.
  func prepared(_ text: String, on link: OpaquePointer) throws(PostgresError) -> String {
    if let name = statements.name(of: text) { return name }
    try Self.refuseNUL(text)
    if let condemned = statements.takeCondemned() { try simple(condemned, on: link) }
    let name = statements.newName()
    _ = try accepted(QueryResult(PQprepare(link, name, text, 0, nil)))
    statements.insert(text, name: name)
    return name
  }

  /// Runs statements with the simple query protocol.
  func simple(_ text: String, on link: OpaquePointer) throws(PostgresError) {
    try Self.refuseNUL(text)
    _ = try accepted(QueryResult(PQexec(link, text)))
  }

  func accepted(_ result: consuming QueryResult) throws(PostgresError) -> QueryResult {
    guard result.isGood else { throw failure(of: result) }
    return result
  }

  /// Returns the error of a result, and closes the connection when it is broken or in another
  /// protocol mode.
  func failure(of result: borrowing QueryResult) -> PostgresError {
    guard let link, PQstatus(link) == CONNECTION_OK else { return lost(link) }
    switch result.status {
    case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
      guard !result.field(.sqlstate).isEmpty else { return lost(link) }
      if result.endsConnection { drop() }
      return result.failure
    default:
      drop()
      return .refused(sqlstate: "0A000", message: "the statement left the usual protocol")
    }
  }

  private static func refuseNUL(_ text: String) throws(PostgresError) {
    if text.utf8.contains(0) {
      throw .refused(sqlstate: "22021", message: "the statement holds a NUL byte")
    }
  }

  /// The result format: binary.
  static let binary: Int32 = 1
}
