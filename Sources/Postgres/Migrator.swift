/// Applies the numbered SQL files of a directory, then replaces the functions that have changed.
///
/// Each file is applied once, in its own transaction.
package struct Migrator {
  private let directory: String
  private let functions: String?
  private let hash: ([UInt8]) -> String

  /// The key of the advisory lock for migrations ("migrate" in ASCII).
  private static let lock = 0x6D_6967_7261_7465

  /// Makes a migrator for `NNNN_name.sql` files.
  /// - Parameters:
  ///   - functions: the directory of the functions; nil leaves them unchanged.
  ///   - hash: computes the hash of a file, which is recorded and compared.
  package init(directory: String, functions: String? = nil, hash: @escaping ([UInt8]) -> String) {
    self.directory = directory
    self.functions = functions
    self.hash = hash
  }

  /// Returns the names of a directory's files; the first has the number 1.
  package static func names(in directory: String) throws(MigrationError) -> [String] {
    try MigrationFile.all(in: directory).map(\.file)
  }

  /// The result of `migrate`.
  package struct Report: Equatable, Sendable {
    /// The migrations that were applied.
    package var applied: [String] = []
    /// The result for the functions.
    package var functions = FunctionReport()

    /// Makes a report without changes.
    package init() {}
  }

  /// Migrates the database to the newest schema.
  ///
  /// Several migrators may run at once: one works, the others wait. A migration may run long, but
  /// waits for a table's lock only as long as the connection's settings allow.
  /// - Throws: `MigrationError`, or `PostgresError` when the database is unavailable.
  package func migrate(_ db: Connection) throws -> Report {
    let files = try MigrationFile.all(in: directory)
    let folder = try functions.map { (path) throws(MigrationError) in try FunctionFolder(path) }
    try db.script(
      """
      set statement_timeout = 0; set lock_timeout = 0;
      select pg_advisory_lock(\(Self.lock));
      reset lock_timeout
      """)
    // Closing the session resets the settings and releases the lock in every case.
    defer { db.close() }
    try db.script(
      """
      create table if not exists schema_migration (
        number int primary key,
        name text not null,
        hash text not null,
        applied_at timestamptz not null default now()
      )
      """)
    let done = try check(files, against: applied(db))
    for file in files.dropFirst(done) { try apply(file, db) }
    var report = Report()
    report.applied = files.dropFirst(done).map(\.file)
    if let folder {
      report.functions = try FunctionReplacement(folder: folder, hash: hash).run(db)
    }
    return report
  }

  private struct Applied {
    let number: Int
    let name: String
    let hash: String
  }

  private func applied(_ db: Connection) throws(PostgresError) -> [Applied] {
    try db.all("select number, name, hash from schema_migration order by number") {
      row throws(PostgresError) in
      try Applied(number: row.next(), name: row.next(), hash: row.next())
    }
  }

  /// Checks the applied migrations against the files, and returns their number.
  private func check(
    _ files: [MigrationFile], against applied: [Applied]
  ) throws(MigrationError) -> Int {
    for (index, migration) in applied.enumerated() {
      guard (1...).contains(migration.number), migration.number <= files.count else {
        throw .missing(number: migration.number, name: migration.name)
      }
      guard migration.number == index + 1 else { throw .skipped(file: files[index].file) }
      guard migration.hash == hash(files[index].bytes) else {
        throw .changed(file: files[index].file)
      }
    }
    return applied.count
  }

  private func apply(_ file: MigrationFile, _ db: Connection) throws {
    do {
      try db.transaction { db in
        // The record is written first: if the session loses the lock, another migrator fails here.
        try db.run(
          """
          insert into schema_migration (number, name, hash)
          values (\(file.number), \(file.file), \(hash(file.bytes)))
          """)
        try db.script(String(decoding: file.bytes, as: UTF8.self))
      }
    } catch let error as PostgresError {
      throw MigrationError.failed(file: file.file, cause: error)
    }
  }
}
