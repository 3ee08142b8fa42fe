internal import HTTP

/// Usage and limits of an organization.
struct Room {
  let used: Amount
  /// Nil: no limit.
  let mostBytes: Int?
  /// Nil: no limit.
  let mostItems: Int?

  /// A number of bytes and of items.
  struct Amount {
    let bytes: Int
    let items: Int
  }

  /// Refuses what does not fit beside what is stored and announced.
  /// - Parameters:
  ///   - added: the amount that is counted in `used` or `announced` already.
  ///   - note: a further sentence for the error.
  /// - Throws: 413.
  func expect(
    _ announced: Amount, adding added: Amount, note: String? = nil
  ) throws(Problem) {
    let end = note.map { " \($0)" } ?? ""
    if let left = left(of: mostBytes, used.bytes, announced.bytes), left < 0 {
      throw Problem(
        413,
        "The organization may store \(max(0, left + added.bytes)) bytes more; "
          + "these are \(added.bytes).\(end)")
    }
    if let left = left(of: mostItems, used.items, announced.items), left < 0 {
      throw Problem(
        413,
        "The organization may hold \(max(0, left + added.items)) images more; "
          + "these are \(added.items).\(end)")
    }
  }

  private func left(of most: Int?, _ used: Int, _ announced: Int) -> Int? {
    most.map { $0 - used - announced }
  }
}
