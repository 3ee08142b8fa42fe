package import Postgres

/// The limits that hold where there is no own limit; nil: no limit.
package struct SiteLimits: Equatable {
  /// The most bytes of an organization.
  package var bytes: Int?
  /// The most items of an organization.
  package var items: Int?
  /// The most organizations that one account may make or own.
  package var organizations: Int?

  /// Reads the limits.
  package init(_ db: Connection) throws { self = try QuotaQueries.siteLimits(db) }

  init(bytes: Int?, items: Int?, organizations: Int?) {
    (self.bytes, self.items, self.organizations) = (bytes, items, organizations)
  }

  /// Sets the limits, over the owner's connection.
  package func set(_ db: Connection) throws {
    func fact(_ limit: Int?) -> String { limit.map(String.init) ?? "none" }
    try db.transaction { db in
      try QuotaQueries.setSiteLimits(self, db)
      try AuditLogQueries.record(
        AuditLog.Event(
          byCommand: "quota.default", of: "site",
          facts: [
            ("bytes", fact(bytes)), ("items", fact(items)),
            ("organizations", fact(organizations)),
          ]), db)
    }
  }
}
