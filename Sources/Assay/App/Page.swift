internal import HTTP

/// Where in a list the face below `/api/v1` is asked to look.
struct PagePlace {
  let page: Int
  let size: Int

  /// Reads `?page&size`.
  init(_ request: Request) throws(Problem) {
    let query = try request.query()
    page = try query.int("page", 1...1_000_000) ?? 1
    size = try query.int("size", 1...100) ?? 50
  }

  var skipped: Int { (page - 1) * size }
}

/// A page of a list as the face below `/api/v1` gives it.
struct Page<Item: WireOutput>: WireOutput {
  let items: [Item]
  let total: Int
  let place: PagePlace

  static var fields: Fields<Page> {
    [
      Field("items") { $0.items },
      Field("total") { $0.total },
      Field("page") { $0.place.page },
      Field("size") { $0.place.size },
      Field("pages") { ($0.total + $0.place.size - 1) / $0.place.size },
    ]
  }
}
