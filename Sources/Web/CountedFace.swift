internal import HTTP

/// A face whose lists are bare arrays, newest first; `Listing.respond` writes them.
package enum CursorFace: Sendable {
  case root

  var face: Face { .root }
}

/// A face whose lists contain the total number of rows.
package enum CountedFace: Sendable {
  /// `{"<name>": […], "total"}`.
  case api(as: String)
  /// `{"items": […], "total", "page", "size", "pages"}`.
  case v1

  var face: Face {
    switch self {
    case .api: .api
    case .v1: .v1
    }
  }

  /// Reads the requested window of the list.
  func window(of request: Request) throws(Problem) -> Window {
    let query = try request.query()
    switch self {
    case .api:
      let limit = try query.int("limit", Paging.limits) ?? 100
      return Window(limit: limit, skipped: try query.int("offset", Paging.offsets) ?? 0)
    case .v1:
      let page = try query.int("page", Paging.pages) ?? 1
      let size = try query.int("size", Paging.sizes) ?? 50
      return Window(limit: size, skipped: (page - 1) * size)
    }
  }

  /// Returns the OpenAPI schema of a list of these rows.
  func schema<Row: WireOutput>(of row: Row.Type) -> Schema {
    let counts =
      switch self {
      case .api: ["total"]
      case .v1: ["total", "page", "size", "pages"]
      }
    return .object(
      [Schema.Member(name, .array(Row.schema), required: true)]
        + counts.map { Schema.Member($0, .integer(), required: true) },
      named: Row.schema.name.map { $0 + listSuffix })
  }

  /// Writes the rows of a window in the face's form.
  func json<Row: WireOutput>(_ list: Counted<Row>, _ window: Window) -> Response {
    var writer = JSONWriter(capacity: 64 + list.rows.count * 320)
    writer.object {
      $0.key(dynamic: name)
      list.rows.write(to: &$0)
      $0.member("total", list.total)
      guard case .v1 = self else { return }
      $0.member("page", window.skipped / window.limit + 1)
      $0.member("size", window.limit)
      $0.member("pages", (list.total + window.limit - 1) / window.limit)
    }
    return .json(writer.bytes)
  }

  /// The end of the name of a list's schema.
  private var listSuffix: String {
    switch self {
    case .api: "List"
    case .v1: "Page"
    }
  }

  private var name: String {
    switch self {
    case .api(let name): name
    case .v1: "items"
    }
  }
}

/// The requested part of a list.
package struct Window {
  /// The maximum number of rows.
  package let limit: Int
  /// The number of rows before the first one.
  package let skipped: Int
}

/// Some rows of a list, and the total number of rows.
package struct Counted<Row: WireOutput> {
  let rows: [Row]
  let total: Int

  /// Makes a part of a list with the total number of its rows.
  package init(rows: [Row], total: Int) { (self.rows, self.total) = (rows, total) }
}
