package import Postgres

internal import Cryptography

/// The database's schema.
package enum DatabaseSchema {
  /// Applies the migrations that are missing, and replaces the functions that have changed.
  /// - Parameter directory: the folder of the migrations; `functions` lies beside it.
  package static func migrate(_ db: Connection, directory: String) throws -> Migrator.Report {
    let migrator = Migrator(directory: directory, functions: "\(directory)/../functions") {
      Hex.encode(SHA256.digest($0))
    }
    let report = try migrator.migrate(db)
    try close(db)
    return report
  }

  /// Takes the right to make objects from all but the owner: a database that is copied, or restored
  /// from a dump, does not have the rights of the original.
  package static func close(_ db: Connection) throws { try DatabaseQueries.close(db) }
}
