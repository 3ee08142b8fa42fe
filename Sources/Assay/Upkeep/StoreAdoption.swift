package import Postgres
package import Storage
package import Vocabulary

internal import Web

/// Names another store in the database, for an operator.
package enum StoreAdoption {
  /// Names a store over the owner's connection, with an entry in the audit log; returns its id.
  package static func adopt(_ store: Store, _ db: Connection) throws -> ID<Store> {
    try db.transaction { db in
      let id = try StoreWatch.adopt(store, db)
      try AuditLogQueries.record(AuditLog.Event(byCommand: "store.adopted", of: "\(id)"), db)
      return id
    }
  }
}
