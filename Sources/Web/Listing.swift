package import HTTP
package import Postgres

internal import Site

/// A row of a list with cursor paging.
package protocol ListedRow: WireOutput {
  /// The id by which the list is sorted, newest first.
  var cursor: UUIDBytes { get }
}

/// Lists of the root face: bare arrays, newest first, complete unless `?limit&after` requests a
/// page.
package enum Listing {
  /// The number of rows per piece; longer lists are streamed, so memory is bounded by this number.
  private static let piece = 1000

  /// Answers with the rows that `fetch` returns for a limit and the last id already sent.
  /// - Parameter filters: further parameters, which the link to the next page repeats; their values
  ///   need no escapes.
  /// - Throws: 503 for a long list when too many are being sent.
  package static func respond<Row: ListedRow>(
    _ request: Request, _ context: Context, _ caller: Caller,
    keeping filters: [(name: String, value: String)] = [],
    _ fetch: @escaping (Int, UUIDBytes?) throws -> [Row]
  ) throws -> Response {
    let query = try request.query()
    let after = try query["after"].map { text throws(Problem) in
      guard let id = UUIDBytes(text) else {
        throw .invalid([Violation("after", "must be the id of an entry of the list")])
      }
      return id
    }
    if let limit = try query.int("limit", Paging.limits) {
      return try page(request, filters, limit: limit, try fetch(limit + 1, after))
    }
    let rows = try fetch(piece, after)
    guard rows.count == piece else { return .json(rows) }
    return stream(rows, holding: try context.site.lists.enter(caller.id), fetch)
  }

  private static func page<Row: ListedRow>(
    _ request: Request, _ filters: [(name: String, value: String)], limit: Int, _ rows: [Row]
  ) throws -> Response {
    let page = Array(rows.prefix(limit))
    var response = Response.json(page)
    if rows.count > limit, let last = page.last {
      let kept = filters.map { "\($0.name)=\($0.value)&" }.joined()
      let next = "<\(request.path)?\(kept)limit=\(limit)&after=\(last.cursor)>; rel=\"next\""
      response.headers.append(("Link", next))
    }
    return response
  }

  private static func stream<Row: ListedRow>(
    _ first: [Row], holding place: ListGate.Place,
    _ fetch: @escaping (Int, UUIDBytes?) throws -> [Row]
  ) -> Response {
    var response = Response.json([])
    response.body = .stream { sink in
      // Holds the place until this answer is freed, even if it is never sent.
      defer { withExtendedLifetime(place) {} }
      var rows = first
      var opening = UInt8(ascii: "[")
      while !rows.isEmpty {
        var writer = JSONWriter(capacity: rows.count * 320)
        writer.array { for row in rows { row.write(to: &$0) } }
        // Each piece is an array; its opening bracket becomes a comma after the first piece.
        var bytes = writer.bytes
        bytes[0] = opening
        try bytes.dropLast().withUnsafeBytes { try sink.write($0) }
        opening = UInt8(ascii: ",")
        rows = rows.count == piece ? try fetch(piece, rows.last?.cursor) : []
      }
      try Array("]".utf8).withUnsafeBytes { try sink.write($0) }
    }
    return response
  }
}
