package import Postgres

internal import Cryptography

/// The database's schema.
package enum DatabaseSchema {
  /// Applies the migrations that are missing, and replaces the functions that have changed.
  /// - Parameter directory: the folder of the migrations; `functions` lies beside it.
  package static func migrate(_ db: Connection, directory: String) throws -> Migrator.Report {
    let migrator = Migrator(directory: directory, functions: functions(directory), hash: hash)
    let report = try migrator.migrate(db)
    try close(db)
    try OldJobQueries.complete(db)
    return report
  }

  /// Refuses a folder of functions that was copied in part, or over that of an earlier release.
  package static func checkFunctions(_ directory: String) throws {
    let path = functions(directory)
    guard try FunctionFolder(path).isWhole(hash) else {
      throw MigrationError.mixedFolder(path: path)
    }
  }

  /// The SHA-256 of a file, in hexadecimal digits.
  package static func hash(_ bytes: [UInt8]) -> String { Hex.encode(SHA256.digest(bytes)) }

  private static func functions(_ migrations: String) -> String { "\(migrations)/../functions" }

  /// Takes the right to make objects from all but the owner: a database that is copied, or restored
  /// from a dump, does not have the rights of the original.
  package static func close(_ db: Connection) throws { try DatabaseQueries.close(db) }
}
