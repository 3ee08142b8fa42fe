/// One of the service's interfaces, with the rules that all its routes share.
package struct Face: Sendable {
  /// The name in the golden table of routes.
  package let name: String
  /// The paging of its lists, which also determines their form.
  package let paging: Paging
  /// Whether invalid input is 422 with a list of fields, instead of 400.
  package let namesFields: Bool
  /// The request limit of an account; nil for none.
  let limit: RequestLimit?

  /// The contract's interface: lists are bare arrays, invalid input is 400.
  package static let root = Face(
    name: "root", paging: .cursor, namesFields: false, limit: nil)
  /// The interface below `/api`: lists are named arrays with a total.
  package static let api = Face(
    name: "api", paging: .offset, namesFields: true, limit: nil)
  /// The interface below `/api/v1`: lists have numbered pages.
  package static let v1 = Face(
    name: "v1", paging: .page, namesFields: true, limit: RequestLimit(perMinute: 100))
}

/// The query parameters with which clients page through a list.
package enum Paging: String, Sendable {
  /// Not a list.
  case none
  /// `?limit&after`, where `after` is the id of a row.
  case cursor
  /// `?limit&after`, where `after` is the number of a row.
  case number
  /// `?page&size`.
  case page
  /// `?limit&offset`.
  case offset

  /// The allowed values of `limit`.
  package static let limits = 1...1000
  /// The allowed values of `offset`.
  package static let offsets = 0...1_000_000_000
  /// The allowed values of `page`.
  static let pages = 1...1_000_000
  /// The allowed values of `size`.
  static let sizes = 1...100
}
