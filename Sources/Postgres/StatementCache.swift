/// The statements prepared on one connection, by their text.
struct StatementCache {
  private struct Entry {
    let name: String
    var lastUse: UInt64
  }

  private var entries: [String: Entry] = [:]
  private var uses: UInt64 = 0
  private var made = 0
  /// Statements that the server may forget; told to it when the next one is prepared.
  private var condemned: [String] = []

  private static let capacity = 500

  /// The name under which the server knows a text.
  mutating func name(of text: String) -> String? {
    guard let index = entries.index(forKey: text) else { return nil }
    uses += 1
    entries.values[index].lastUse = uses
    return entries.values[index].name
  }

  /// A name that was never used on this connection.
  mutating func newName() -> String {
    made += 1
    return "s\(made)"
  }

  /// Remembers a prepared text; beyond the capacity the one used longest ago is condemned.
  mutating func insert(_ text: String, name: String) {
    if entries.count >= Self.capacity,
      let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      condemn(oldest.key)
    }
    uses += 1
    entries[text] = Entry(name: name, lastUse: uses)
  }

  /// Forgets a text, and lets the server forget it.
  mutating func condemn(_ text: String) {
    if let entry = entries.removeValue(forKey: text) { condemned.append(entry.name) }
  }

  /// Forgets all texts, because the server has.
  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    condemned.removeAll()
  }

  /// The statements that tell the server what to forget; nil when there is nothing.
  mutating func takeCondemned() -> String? {
    guard !condemned.isEmpty else { return nil }
    defer { condemned.removeAll() }
    return condemned.map { "deallocate \($0)" }.joined(separator: ";")
  }
}
