/// The statements prepared on one connection, by their text.
struct StatementCache {
  private struct Entry {
    let name: String
    var lastUse: UInt64
  }

  private var entries: [String: Entry] = [:]
  private var uses: UInt64 = 0
  private var made = 0
  /// Names to deallocate on the server, sent before the next `prepare`.
  private var condemned: [String] = []

  private static let capacity = 500

  /// Returns the name of the prepared statement for a text, or nil.
  mutating func name(of text: String) -> String? {
    guard let index = entries.index(forKey: text) else { return nil }
    uses += 1
    entries.values[index].lastUse = uses
    return entries.values[index].name
  }

  /// Returns a name that was not used before on this connection.
  mutating func newName() -> String {
    made += 1
    return "s\(made)"
  }

  /// Adds a prepared statement; a full cache removes the one used longest ago.
  mutating func insert(_ text: String, name: String) {
    if entries.count >= Self.capacity,
      let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      condemn(oldest.key)
    }
    uses += 1
    entries[text] = Entry(name: name, lastUse: uses)
  }

  /// Removes a statement from the cache and marks it to be deallocated.
  mutating func condemn(_ text: String) {
    if let entry = entries.removeValue(forKey: text) { condemned.append(entry.name) }
  }

  /// Removes all statements, because the server no longer has any.
  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    condemned.removeAll()
  }

  /// Returns the `deallocate` statements that are due, or nil.
  mutating func takeCondemned() -> String? {
    guard !condemned.isEmpty else { return nil }
    defer { condemned.removeAll() }
    return condemned.map { "deallocate \($0)" }.joined(separator: ";")
  }
}
