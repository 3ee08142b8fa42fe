internal import Postgres

/// Repeats `Row.next` in this module, so that the compiler specializes it for each type.
///
/// That saves a tenth of the work for a list of tasks. Inlining it from Postgres would require half
/// of that module to be inlinable.
extension Row {
  /// Reads the next column.
  /// - Throws: `.unexpected` when the type or value does not fit, or there is no more column.
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
