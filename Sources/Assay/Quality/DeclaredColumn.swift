internal import HTTP
internal import Imaging
internal import Labelling
internal import Postgres

/// Statements of the decoder are judged unchanged.
extension Declared: OriginStatement {}

/// The statements in a file's metadata, stored as jsonb: `[{field, value}]`.
struct DeclaredColumn: PostgresEncodable, PostgresDecodable {
  let statements: [Declared]

  init(_ statements: [Declared]) { self.statements = statements }

  func bind(into parameters: inout Parameters) {
    var writer = JSONWriter()
    writer.array { writer in
      for statement in statements {
        writer.object {
          $0.member("field", statement.field)
          $0.member("value", statement.value)
        }
      }
    }
    parameters.text(String(decoding: writer.bytes, as: UTF8.self))
  }

  static func decode(_ column: borrowing Column) throws(PostgresError) -> DeclaredColumn {
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
