internal import CLibPQ

/// One session with PostgreSQL, used by one thread only.
///
/// It connects at its first statement, and reconnects at the first statement after a loss. Session
/// state (settings, temporary tables) is lost then; channels are listened to again.
package final class Connection {
  let conninfo: String
  let settings: ConnectionSettings

  var link: OpaquePointer?
  var statements = StatementCache()
  var scope = Scope.none
  var isStreaming = false
  var channels: [String] = []
  /// Whether notifications may have been lost with an earlier link.
  var mayHaveMissed = false
  var lastRefusal: Refusal?

  /// A statement sent together with the next one, which does not run when this one fails.
  ///
  /// It tells, for example, which rows the session may see. It is sent again with the first
  /// statement after a reconnect, or after a rollback of the transaction that carried it.
  package var preface: SQL? { didSet { prefaceState = preface == nil ? .none : .owed } }
  var prefaceState = PrefaceState.none

  /// The last statement of the next transaction that runs any statement.
  ///
  /// It commits or rolls back with the rest of the transaction. After a commit it is set to nil.
  package var closing: SQL?

  /// The state of the preface.
  enum PrefaceState {
    case none
    case owed
    /// Done, unless the current transaction is rolled back.
    case pending
    case done
  }

  /// The state of the transaction.
  enum Scope {
    case none
    /// `begin` is sent with the first statement.
    case pending
    case open
    /// The link broke inside the transaction: statements fail until the body has ended.
    case lost
  }

  /// Makes a connection for this conninfo, and does not connect yet.
  package init(_ conninfo: String, settings: ConnectionSettings = .init()) {
    self.conninfo = conninfo
    self.settings = settings
  }

  deinit { PQfinish(link) }

  /// Whether a transaction is open.
  package var inTransaction: Bool { scope != .none }

  /// Closes the session; the next statement opens a new one.
  package func close() {
    guard !isStreaming else { return }
    drop()
  }

  /// Returns all rows.
  package func all<T>(
    _ sql: SQL, _ decode: (inout Row) throws(PostgresError) -> T
  ) throws(PostgresError) -> [T] {
    var row = try query(sql)
    var values: [T] = []
    values.reserveCapacity(row.count)
    while row.advance() { values.append(try decode(&row)) }
    return values
  }

  /// Returns the first row, or nil when there is none.
  package func first<T>(
    _ sql: SQL, _ decode: (inout Row) throws(PostgresError) -> T
  ) throws(PostgresError) -> T? {
    var row = try query(sql)
    guard row.advance() else { return nil }
    return try decode(&row)
  }

  /// Returns the only row.
  /// - Throws: `.unexpected` when there is no row or more than one.
  package func one<T>(
    _ sql: SQL, _ decode: (inout Row) throws(PostgresError) -> T
  ) throws(PostgresError) -> T {
    var row = try query(sql)
    guard row.count == 1, row.advance() else { throw .unexpected("\(row.count) rows, not one") }
    return try decode(&row)
  }

  /// Runs a statement and returns the number of rows that it wrote or read.
  @discardableResult
  package func run(_ sql: SQL) throws(PostgresError) -> Int { try query(sql).affected }

  /// Runs several statements without parameters, in one implicit transaction.
  package func script(_ text: String) throws(PostgresError) {
    let link = try usableLink()
    try open(on: link)
    try simple(text, on: link)
  }
}
