package import Postgres

internal import Cryptography

/// The database's schema.
package enum DatabaseSchema {
  /// Applies the migrations that are missing, and tells which they were.
  package static func migrate(_ db: Connection, directory: String) throws -> [String] {
    try Migrator(directory: directory) { Hex.encode(SHA256.digest($0)) }.migrate(db)
  }
}
