import Postgres
import Support

/// A connection to an empty database of its own.
func freshConnection(_ settings: ConnectionSettings = .init()) throws -> Connection {
  Connection(try TestServer.freshDatabase(), settings: settings)
}

/// A connection to a database that several tests share; they create nothing in it.
func sharedConnection() throws -> Connection { Connection(try shared.get()) }

private let shared = Result { try TestServer.freshDatabase() }

extension Connection {
  /// The only value of a statement.
  func value<T: PostgresDecodable>(_ sql: SQL, as type: T.Type = T.self) throws -> T {
    try one(sql) { row throws(PostgresError) in try row.next() }
  }

  /// The process id of this connection's server process.
  func backend() throws -> Int { try value("select pg_backend_pid()") }
}

extension PostgresError {
  var sqlstate: String? {
    switch self {
    case .refused(let sqlstate, _), .constraint(_, let sqlstate, _): sqlstate
    default: nil
    }
  }

  var isUnavailable: Bool {
    if case .unavailable = self { true } else { false }
  }
}

/// The error that `body` throws; nil when it throws none, or one of another kind.
func postgresError<T>(_ body: () throws -> T) -> PostgresError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? PostgresError
  }
}
