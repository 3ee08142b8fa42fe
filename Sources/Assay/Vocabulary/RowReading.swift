internal import Postgres

/// `Row.next` once more, where its callers are: the compiler then makes one for each type, instead
/// of one that looks the type up as it runs, a tenth of the work for a list of tasks.
///
/// To let it be inlined from there would open half of Postgres to inlining.
extension Row {
  /// Reads the next column.
  /// - Throws: `.unexpected` when it holds something else, or there is none.
  mutating func next<Value: PostgresDecodable>(
    _ type: Value.Type = Value.self
  ) throws(PostgresError) -> Value {
    try read { column throws(PostgresError) in try Value.decode(column) }
  }

  /// Reads the next column, or nil for null.
  mutating func next<Value: PostgresDecodable>(
    _ type: Value?.Type = Value?.self
  ) throws(PostgresError) -> Value? {
    try read { column throws(PostgresError) in
      column.isNull ? nil : try Value.decode(column)
    }
  }

  private mutating func read<Value>(
    _ decode: (borrowing Column) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    let column = try take()
    do {
      return try decode(column)
    } catch {
      throw located(error)
    }
  }
}
