package import Postgres

internal import Cryptography

/// The database's schema.
package enum DatabaseSchema {
  /// Applies missing migrations and replaces changed functions.
  /// - Parameter directory: the folder of the migrations; `functions` is beside it.
  package static func migrate(_ db: Connection, directory: String) throws -> Migrator.Report {
    let migrator = Migrator(directory: directory, functions: functions(directory), hash: hash)
    let report = try migrator.migrate(db)
    try close(db)
    try OldJobQueries.complete(db)
    return report
  }

  /// Refuses a folder of functions that is incomplete or mixed with an earlier release.
  package static func checkFunctions(_ directory: String) throws {
    let path = functions(directory)
    guard try FunctionFolder(path).isWhole(hash) else {
      throw MigrationError.mixedFolder(path: path)
    }
  }

  /// The SHA-256 of a file, in hexadecimal digits.
  package static func hash(_ bytes: [UInt8]) -> String { Hex.encode(SHA256.digest(bytes)) }

  /// Returns the files of the functions beside a folder of migrations.
  static func functions(of migrations: String) throws -> [FunctionFolder.File] {
    try FunctionFolder(functions(migrations)).files
  }

  /// Returns the edition of the functions beside a folder of migrations.
  static func edition(of migrations: String) throws -> Int {
    try FunctionFolder(functions(migrations)).edition
  }

  private static func functions(_ migrations: String) -> String { "\(migrations)/../functions" }

  /// Revokes the right to create objects from all roles but the owner.
  ///
  /// A database that is copied or restored from a dump does not keep the rights of the original.
  package static func close(_ db: Connection) throws { try DatabaseQueries.close(db) }
}
