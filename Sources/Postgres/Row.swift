internal import CLibPQ

/// The current row of a result; its columns are read in the order of the select list.
package struct Row: ~Copyable {
  private let result: QueryResult
  private let width: Int32
  private var index: Int32 = -1
  private var column: Int32 = 0

  init(_ result: consuming QueryResult) {
    width = PQnfields(result.pointer)
    self.result = result
  }

  /// Reads the next column.
  /// - Throws: `.unexpected` when the type or value does not fit, or there is no more column.
  package mutating func next<Value: PostgresDecodable>(
    _ type: Value.Type = Value.self
  ) throws(PostgresError) -> Value {
    let column = try take()
    do {
      return try Value.decode(column)
    } catch {
      throw located(error)
    }
  }

  /// Returns the next column without decoding it.
  package mutating func take() throws(PostgresError) -> Column {
    guard column < width else {
      throw .unexpected("the row has only \(column) columns")
    }
    defer { column += 1 }
    let length = PQgetlength(result.pointer, index, column)
    return Column(
      bytes: UnsafeRawBufferPointer(
        start: PQgetvalue(result.pointer, index, column), count: Int(length)),
      isNull: length == 0 && PQgetisnull(result.pointer, index, column) != 0,
      type: PQftype(result.pointer, column))
  }

  /// Adds the name of the last read column to an error, for the log.
  package func located(_ error: PostgresError) -> PostgresError {
    guard case .unexpected(let reason) = error else { return error }
    let name = PQfname(result.pointer, column - 1).map { String(cString: $0) } ?? ""
    return .unexpected("column \(column) (\(name)): \(reason)")
  }

  /// Moves to the next row; false when there is none.
  mutating func advance() -> Bool {
    index += 1
    column = 0
    return index < result.rowCount
  }

  var count: Int { Int(result.rowCount) }

  var affected: Int { result.affected }
}
