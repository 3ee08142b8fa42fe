internal import CLibPQ

/// One session with PostgreSQL, owned by one thread for life.
///
/// It connects with its first statement, and again with the first one after it was lost. What the
/// session held (settings, temporary tables) is gone then; channels are listened to again.
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

  /// Travels with the next statement, which does not run when it fails: such as the one that says
  /// whose rows the session may see.
  ///
  /// It is sent again with the first statement after the link was lost, or the transaction that
  /// carried it was rolled back and its effects with it.
  package var preface: SQL? { didSet { prefaceState = preface == nil ? .none : .owed } }
  var prefaceState = PrefaceState.none

  /// The last statement of the next transaction that runs any.
  ///
  /// What it writes is there with what the transaction has written, or neither is. When that has
  /// committed it is nil again.
  package var closing: SQL?

  /// Where the connection stands with its preface.
  enum PrefaceState {
    case none
    case owed
    /// Done, unless the transaction under way is rolled back.
    case pending
    case done
  }

  /// Where the connection stands with its transaction.
  enum Scope {
    case none
    /// `begin` travels with the first statement.
    case pending
    case open
    /// The link broke inside the transaction: nothing may run until its body has ended.
    case lost
  }

  /// A connection to the server of this conninfo; nothing is opened yet.
  package init(_ conninfo: String, settings: ConnectionSettings = .init()) {
    self.conninfo = conninfo
    self.settings = settings
  }

  deinit { PQfinish(link) }

  /// Whether a transaction is under way.
  package var inTransaction: Bool { scope != .none }

  /// Ends the session; the next statement opens another.
  package func close() {
    guard !isStreaming else { return }
    drop()
  }

  /// All rows.
  package func all<T>(
    _ sql: SQL, _ decode: (inout Row) throws(PostgresError) -> T
  ) throws(PostgresError) -> [T] {
    var row = try query(sql)
    var values: [T] = []
    values.reserveCapacity(row.count)
    while row.advance() { values.append(try decode(&row)) }
    return values
  }

  /// The first row; nil when there is none.
  package func first<T>(
    _ sql: SQL, _ decode: (inout Row) throws(PostgresError) -> T
  ) throws(PostgresError) -> T? {
    var row = try query(sql)
    guard row.advance() else { return nil }
    return try decode(&row)
  }

  /// The only row.
  /// - Throws: `.unexpected` when there is none, or another.
  package func one<T>(
    _ sql: SQL, _ decode: (inout Row) throws(PostgresError) -> T
  ) throws(PostgresError) -> T {
    var row = try query(sql)
    guard row.count == 1, row.advance() else { throw .unexpected("\(row.count) rows, not one") }
    return try decode(&row)
  }

  /// Runs a statement and tells how many rows it wrote, or read.
  @discardableResult
  package func run(_ sql: SQL) throws(PostgresError) -> Int { try query(sql).affected }

  /// Runs several statements without parameters, in one implicit transaction.
  package func script(_ text: String) throws(PostgresError) {
    let link = try usableLink()
    try open(on: link)
    try simple(text, on: link)
  }
}
