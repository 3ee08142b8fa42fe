internal import HTTP
package import Imaging
package import Postgres

/// The statements in a file's metadata, stored as jsonb: `[{field, value}]`.
package struct DeclaredColumn: PostgresDecodable {
  /// The statements, unchanged.
  package let statements: [Declared]

  init(_ statements: [Declared]) { self.statements = statements }

  /// The statements as JSON.
  var json: String {
    var writer = JSONWriter()
    writer.array { writer in
      for statement in statements {
        writer.object {
          $0.member("field", statement.field)
          $0.member("value", statement.value)
        }
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Reads the JSON; other values than statements are ignored.
  package static func decode(_ column: borrowing Column) throws(PostgresError) -> DeclaredColumn {
    let text = try String.decode(column)
    let json: JSON
    do {
      json = try JSON(parsing: Array(text.utf8))
    } catch {
      throw .unexpected("not JSON")
    }
    guard case .array(let rows) = json else { return DeclaredColumn([]) }
    return DeclaredColumn(
      rows.compactMap { row in
        guard case .object(let row) = row, case .string(let field)? = row["field"],
          case .string(let value)? = row["value"]
        else { return nil }
        return Declared(field: field, value: value)
      })
  }
}
