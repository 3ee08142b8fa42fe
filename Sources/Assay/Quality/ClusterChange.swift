internal import HTTP
internal import Postgres
internal import Vocabulary
internal import Web

extension Clusters {
  /// The items to exclude and the items to restore.
  struct Change {
    /// The number of items per statement, so that no statement takes long.
    private static let settledAtOnce = 5000

    let leaving: [ID<Item>]
    let returning: [ID<Item>]

    init(_ leaving: [ID<Item>], _ returning: [ID<Item>]) {
      (self.leaving, self.returning) = (leaving, returning)
    }

    var isEmpty: Bool { leaving.isEmpty && returning.isEmpty }

    /// Makes the change and recomputes duplicates.
    func make(in organization: ID<Organization>, _ db: Connection) throws(PostgresError) {
      guard !isEmpty else { return }
      try ClusterQueries.exclude(leaving, db)
      try ClusterQueries.bringBack(returning, db)
      try Self.settle(leaving + returning, in: organization, db)
    }

    /// Recomputes the duplicates of items that were excluded or restored.
    static func settle(
      _ changed: [ID<Item>], in organization: ID<Organization>, _ db: Connection
    ) throws(PostgresError) {
      for start in stride(from: 0, to: changed.count, by: Self.settledAtOnce) {
        let some = Array(changed[start...].prefix(Self.settledAtOnce))
        try ClusterQueries.settle(some, in: organization, db)
      }
    }

    /// Records the change in the audit log, unless it is empty.
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

    /// Returns the ids, or the number of items when there are more than 100.
    private static func named(_ items: [ID<Item>]) -> String {
      items.count > 100
        ? "\(items.count) images" : items.map(\.description).joined(separator: " ")
    }
  }
}
