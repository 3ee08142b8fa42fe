package import Postgres

internal import Cryptography

/// The database's schema.
package enum DatabaseSchema {
  /// Applies the migrations that are missing, and tells which they were.
  package static func migrate(_ db: Connection, directory: String) throws -> [String] {
    let applied = try Migrator(directory: directory) { Hex.encode(SHA256.digest($0)) }.migrate(db)
    try close(db)
    return applied
  }

  /// Takes the right to make objects from all but the owner: a database that is copied, or restored
  /// from a dump, does not have the rights of the original.
  package static func close(_ db: Connection) throws { try DatabaseQueries.close(db) }
}
