internal import HTTP
internal import Postgres

extension Clusters {
  /// Items that are excluded, and items that are brought back.
  struct Change {
    /// Nobody waits for longer statements.
    private static let settledAtOnce = 5000

    let leaving: [ID<Item>]
    let returning: [ID<Item>]

    init(_ leaving: [ID<Item>], _ returning: [ID<Item>]) {
      (self.leaving, self.returning) = (leaving, returning)
    }

    var isEmpty: Bool { leaving.isEmpty && returning.isEmpty }

    /// Makes the change, and says anew what is a copy of what.
    func make(in organization: ID<Organization>, _ db: Connection) throws(PostgresError) {
      guard !isEmpty else { return }
      try ClusterQueries.exclude(leaving, db)
      try ClusterQueries.bringBack(returning, db)
      let changed = leaving + returning
      for start in stride(from: 0, to: changed.count, by: Self.settledAtOnce) {
        let some = Array(changed[start...].prefix(Self.settledAtOnce))
        try ClusterQueries.settle(some, in: organization, db)
      }
    }

    /// Records who made it; nothing when nothing has changed.
    func note(
      of object: String, by caller: Caller, _ request: Request, _ db: Connection
    ) throws(PostgresError) {
      guard !isEmpty else { return }
      try AuditLogQueries.record(
        AuditLog.Event(
          leaving.isEmpty ? "duplicates.restored" : "duplicates.excluded", by: caller, of: object,
          request,
          facts: [
            ("excluded", Self.named(leaving)), ("restored", Self.named(returning)),
          ]), db)
    }

    /// The ids, or how many when nobody would read them.
    private static func named(_ items: [ID<Item>]) -> String {
      items.count > 100
        ? "\(items.count) images" : items.map(\.description).joined(separator: " ")
    }
  }
}
