package import HTTP

/// The usage and limits of an organization.
package struct Room {
  let used: Amount
  /// The limit of bytes; nil for none.
  let mostBytes: Int?
  /// The limit of items; nil for none.
  let mostItems: Int?

  /// A number of bytes and a number of items.
  package struct Amount {
    /// The number of bytes.
    package let bytes: Int
    /// The number of items.
    package let items: Int

    /// Makes an amount.
    package init(bytes: Int, items: Int) { (self.bytes, self.items) = (bytes, items) }
  }

  /// Refuses an addition that exceeds the limits, together with stored and announced amounts.
  /// - Parameters:
  ///   - added: the amount to add, which `used` or `announced` already includes.
  ///   - note: a further sentence for the error.
  /// - Throws: 413.
  package func expect(
    _ announced: Amount, adding added: Amount, note: String? = nil
  ) throws(Problem) {
    let end = note.map { " \($0)" } ?? ""
    if let left = left(of: mostBytes, used.bytes, announced.bytes), left < 0 {
      throw Problem(
        413,
        "The organization can store \(max(0, left + added.bytes)) more bytes; "
          + "this request needs \(added.bytes).\(end)")
    }
    if let left = left(of: mostItems, used.items, announced.items), left < 0 {
      throw Problem(
        413,
        "The organization can store \(max(0, left + added.items)) more images; "
          + "this request needs \(added.items).\(end)")
    }
  }

  private func left(of most: Int?, _ used: Int, _ announced: Int) -> Int? {
    most.map { $0 - used - announced }
  }
}
