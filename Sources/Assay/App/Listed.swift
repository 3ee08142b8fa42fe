internal import HTTP

/// Where in a list the face below `/api` is asked to look.
struct OffsetPlace {
  let limit: Int
  let offset: Int

  /// Reads `?limit&offset`.
  init(_ request: Request) throws(Problem) {
    let query = try request.query()
    limit = try query.int("limit", 1...1000) ?? 100
    offset = try query.int("offset", 0...1_000_000_000) ?? 0
  }
}

/// A list of the face below `/api`: an object with the rows under their own name, and their number.
enum Listed<Row: WireOutput> {
  /// What it looks like, for OpenAPI.
  static func schema(as name: String) -> Schema {
    .object([
      Schema.Member(name, .array(Row.schema), required: true),
      Schema.Member("total", .integer(), required: true),
    ])
  }

  /// The answer.
  static func json(_ name: String, _ rows: [Row], total: Int) -> Response {
    var writer = JSONWriter(capacity: 64 + rows.count * 320)
    writer.object {
      $0.key(dynamic: name)
      rows.write(to: &$0)
      $0.member("total", total)
    }
    return .json(writer.bytes)
  }
}
