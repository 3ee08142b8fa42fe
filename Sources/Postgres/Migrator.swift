/// Applies the numbered SQL files of a directory, each once and each in its own transaction, and
/// then replaces the functions that have changed.
package struct Migrator {
  private let directory: String
  private let functions: String?
  private let hash: ([UInt8]) -> String

  /// Names the migration lock among the cluster's advisory locks ("migrate" in ASCII).
  private static let lock = 0x6D_6967_7261_7465

  /// A migrator for `NNNN_name.sql` files, whose hashes it records and compares.
  /// - Parameter functions: the directory of the functions; without it they stay as they are.
  package init(directory: String, functions: String? = nil, hash: @escaping ([UInt8]) -> String) {
    self.directory = directory
    self.functions = functions
    self.hash = hash
  }

  /// What `migrate` has done.
  package struct Report: Equatable, Sendable {
    /// The migrations that were applied.
    package var applied: [String] = []
    /// What happened to the functions.
    package var functions = FunctionReport()

    /// A report that names no change.
    package init() {}
  }

  /// Brings the database to the newest schema.
  ///
  /// Any number of migrators may run at once: one works, the others wait. Migrations may run for
  /// long, but wait for a table's lock no longer than the connection's settings say.
  /// - Throws: `MigrationError`, or `PostgresError` when the database is not to be had.
  package func migrate(_ db: Connection) throws -> Report {
    let files = try MigrationFile.all(in: directory)
    let folder = try functions.map { (path) throws(MigrationError) in try FunctionFolder(path) }
    try db.script(
      """
      set statement_timeout = 0; set lock_timeout = 0;
      select pg_advisory_lock(\(Self.lock));
      reset lock_timeout
      """)
    // The settings and the lock go with the session, whatever happens.
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

  /// How many of the files are applied.
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
        // First the record: should the lock be lost with the session, no other can do the same.
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
