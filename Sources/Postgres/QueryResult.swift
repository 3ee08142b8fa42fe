internal import CLibPQ

/// The server's result of one statement; freed when it goes out of scope.
struct QueryResult: ~Copyable {
  let pointer: OpaquePointer?

  /// Takes ownership of a result of libpq; nil means that nothing could be sent.
  init(_ pointer: OpaquePointer?) { self.pointer = pointer }

  deinit { PQclear(pointer) }

  var status: ExecStatusType { PQresultStatus(pointer) }

  /// Whether the statement succeeded.
  var isGood: Bool {
    switch status {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_SINGLE_TUPLE, PGRES_EMPTY_QUERY: true
    default: false
    }
  }

  var rowCount: Int32 { PQntuples(pointer) }

  /// The number of rows that the statement wrote or read.
  var affected: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

  /// The command tag, for example `COMMIT`.
  var tag: String { String(cString: PQcmdStatus(pointer)) }

  /// Whether the prepared statement is gone or its row type has changed; nothing was executed then.
  var saysPlanIsStale: Bool {
    switch field(.sqlstate) {
    case "26000": true
    case "0A000": field(.function) == "RevalidateCachedQuery"
    default: false
    }
  }

  func field(_ field: Field) -> String {
    PQresultErrorField(pointer, Int32(field.rawValue)).map { String(cString: $0) } ?? ""
  }

  /// The fields of an error; libpq's own names are macros, which Swift cannot import.
  enum Field: UInt8 {
    case severity = 0x56  // V
    case sqlstate = 0x43  // C
    case message = 0x4D  // M
    case table = 0x74  // t
    case column = 0x63  // c
    case constraint = 0x6E  // n
    case function = 0x52  // R
  }
}

extension QueryResult {
  /// Whether the server ended the connection with this error.
  var endsConnection: Bool {
    let severity = field(.severity)
    return severity == "FATAL" || severity == "PANIC"
  }

  /// The server's error as a `PostgresError`.
  var failure: PostgresError {
    let (sqlstate, message) = (field(.sqlstate), field(.message))
    if endsConnection { return .unavailable(message) }
    switch sqlstate {
    // The connection still works: only the statement's parameters are wrong.
    case "08P01": return .refused(sqlstate: sqlstate, message: message)
    case _ where sqlstate.hasPrefix("08") || sqlstate.hasPrefix("57P0"):
      return .unavailable(message)
    case "57014", "55P03": return .timeout(message)
    case "40001", "40P01": return .conflict(message)
    case "23502":
      let name = "\(field(.table))_\(field(.column))_not_null"
      return .constraint(name: name, sqlstate: sqlstate, message: message)
    case _ where sqlstate.hasPrefix("23"):
      return .constraint(name: field(.constraint), sqlstate: sqlstate, message: message)
    default: return .refused(sqlstate: sqlstate, message: message)
    }
  }
}
