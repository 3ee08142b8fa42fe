package import HTTP

/// A parameter of the path, the query or the headers, as OpenAPI describes it.
package struct Parameter: Sendable {
  /// The name.
  package let name: String
  let place: Place
  let schema: Schema
  let summary: String
  let isRequired: Bool

  enum Place: String { case path, query, header }

  private init(
    _ name: String, _ place: Place, _ schema: Schema, _ summary: String, isRequired: Bool
  ) {
    (self.name, self.place, self.schema) = (name, place, schema)
    (self.summary, self.isRequired) = (summary, isRequired)
  }

  /// Makes a parameter of the query.
  package static func query(
    _ name: String, _ schema: Schema, _ summary: String, isRequired: Bool
  ) -> Parameter {
    Parameter(name, .query, schema, summary, isRequired: isRequired)
  }

  /// Makes a header that clients may send.
  package static func header(
    _ name: String, _ schema: Schema, _ summary: String
  ) -> Parameter {
    Parameter(name, .header, schema, summary, isRequired: false)
  }

  /// Makes a parameter of the path that is not the id of a row.
  package static func path(_ name: String, _ schema: Schema, _ summary: String) -> Parameter {
    Parameter(name, .path, schema, summary, isRequired: true)
  }

  /// Returns all parameters of a route that is documented at a path.
  static func all(of route: Route, at path: String) -> [Parameter] {
    let inPath = zip(names(in: path), names(in: route.pattern)).map { name, own in
      let declared = route.parameters.first { $0.place == .path && $0.name == own }
      return declared ?? .path(name, .string(format: "uuid"), "The id of the \(own).")
    }
    return inPath + route.parameters.filter { $0.place != .path } + all(of: route.paging)
  }

  /// Returns the names in braces, in order.
  static func names(in path: String) -> [String] {
    path.split(separator: "/").filter { $0.first == "{" }.map { String($0.dropFirst().dropLast()) }
  }

  private static func all(of paging: Paging) -> [Parameter] {
    let limit = number("limit", Paging.limits, "The maximum number of rows.")
    switch paging {
    case .none: return []
    case .cursor:
      let before = "The id of the last row of the page before."
      return [limit, .query("after", .string(format: "uuid"), before, isRequired: false)]
    case .number:
      let before = "The number of the last row of the page before."
      return [limit, number("after", 1...Int.max, before)]
    case .page:
      return [
        number("page", Paging.pages, "The number of the page, from 1."),
        number("size", Paging.sizes, "The number of rows in a page."),
      ]
    case .offset:
      return [limit, number("offset", Paging.offsets, "The number of rows before the first one.")]
    }
  }

  private static func number(
    _ name: String, _ range: ClosedRange<Int>, _ summary: String
  ) -> Parameter {
    .query(name, .integer(range), summary, isRequired: false)
  }
}
