/// One of the interfaces that the service offers, and the rules that all its routes share.
package struct Face: Sendable {
  /// As the golden table of routes prints it.
  package let name: String
  /// How its lists are paged; the form of its lists follows from it.
  package let paging: Paging
  /// Whether input that breaks a rule is 422 with a list of fields, instead of 400.
  package let namesFields: Bool
  /// The number of requests that an account may send; nil for no limit.
  let limit: RequestLimit?

  /// The contract's interface: bare lists, 400 for all bad input.
  package static let root = Face(
    name: "root", paging: .cursor, namesFields: false, limit: nil)
  /// The interface below `/api`: lists under a name of their own, with a total.
  package static let api = Face(
    name: "api", paging: .offset, namesFields: true, limit: nil)
  /// The interface below `/api/v1`: lists in numbered pages.
  package static let v1 = Face(
    name: "v1", paging: .page, namesFields: true, limit: RequestLimit(perMinute: 100))
}

/// How clients page through a list.
package enum Paging: String, Sendable {
  /// It is no list.
  case none
  /// `?limit&after`, the id of a row.
  case cursor
  /// `?limit&after`, the number of a row.
  case number
  /// `?page&size`.
  case page
  /// `?limit&offset`.
  case offset

  /// The values of `limit`.
  static let limits = 1...1000
  /// The values of `offset`.
  static let offsets = 0...1_000_000_000
  /// The values of `page`.
  static let pages = 1...1_000_000
  /// The values of `size`.
  static let sizes = 1...100
}
