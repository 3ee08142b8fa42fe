/// Replaces the functions whose files differ from the database.
struct FunctionReplacement {
  let folder: FunctionFolder
  let hash: ([UInt8]) -> String

  /// Replaces all changed functions in one transaction, unless the database has a later release.
  ///
  /// The caller holds the migration lock.
  func run(_ db: Connection) throws -> FunctionReport {
    try db.script(
      """
      create table if not exists schema_function (
        name text primary key,
        hash text not null,
        edition int not null,
        replaced_at timestamptz not null default now()
      )
      """)
    let known = try recorded(db)
    guard known.allSatisfy({ $0.edition <= folder.edition }) else {
      return FunctionReport(isOlder: true)
    }
    let hashes = Dictionary(known.map { ($0.name, $0.hash) }) { $1 }
    let changed = folder.files.filter { hashes[$0.name] != hash($0.bytes) }
    try db.transaction { db in
      if !changed.isEmpty {
        try replace(changed, db)
        try validate(db)
      }
      try record(changed, db)
    }
    return FunctionReport(replaced: changed.map(\.name), kept: try kept(db))
  }

  private struct Recorded {
    let name: String
    let hash: String
    let edition: Int
  }

  private func recorded(_ db: Connection) throws(PostgresError) -> [Recorded] {
    // A function that somebody has dropped is not counted, so that it comes back.
    try db.all(
      """
      select name, hash, edition from schema_function f
      where exists (
        select from pg_proc p
        where p.pronamespace = 'public'::regnamespace and p.proname = f.name)
      """
    ) { row throws(PostgresError) in
      try Recorded(name: row.next(), hash: row.next(), edition: row.next())
    }
  }

  /// Replaces functions without a check of their bodies, which may call functions that come later.
  private func replace(_ files: [FunctionFolder.File], _ db: Connection) throws {
    try db.script("set local check_function_bodies = off")
    for file in files {
      try naming(file.name) { try db.script(String(decoding: file.bytes, as: UTF8.self)) }
    }
    try db.script("set local check_function_bodies = on")
  }

  /// Validates all bodies, because functions that they call may have changed.
  private func validate(_ db: Connection) throws {
    let names = Set(folder.files.map(\.name))
    let functions = try db.all(
      """
      select p.proname::text, p.oid::bigint, l.lanname = 'sql'
      from pg_proc p join pg_language l on l.oid = p.prolang
      where p.pronamespace = 'public'::regnamespace and l.lanname in ('sql', 'plpgsql')
      """
    ) { row throws(PostgresError) in
      (name: try row.next(String.self), oid: try row.next(Int.self), isSQL: try row.next(Bool.self))
    }
    for function in functions where names.contains(function.name) {
      try naming(function.name) {
        if function.isSQL {
          try db.run("select fmgr_sql_validator(\(function.oid)::bigint::oid)")
        } else {
          try db.run("select plpgsql_validator(\(function.oid)::bigint::oid)")
        }
      }
    }
  }

  private func record(_ changed: [FunctionFolder.File], _ db: Connection) throws(PostgresError) {
    for file in changed {
      try db.run(
        """
        insert into schema_function as f (name, hash, edition)
        values (\(file.name), \(hash(file.bytes)), \(folder.edition))
        on conflict (name) do update set hash = excluded.hash, replaced_at = now()
        """)
    }
    try db.run(
      """
      delete from schema_function f
      where not exists (
        select from pg_proc p
        where p.pronamespace = 'public'::regnamespace and p.proname = f.name)
      """)
    try db.run(
      "update schema_function set edition = \(folder.edition) where edition < \(folder.edition)")
  }

  /// Returns the functions that the database still has without a file.
  private func kept(_ db: Connection) throws(PostgresError) -> [String] {
    let names = Set(folder.files.map(\.name))
    return try recorded(db).map(\.name).filter { !names.contains($0) }.sorted()
  }

  private func naming(_ name: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as PostgresError {
      if case .conflict = error { throw error }
      throw MigrationError.failed(file: "functions/\(name).sql", cause: error)
    }
  }
}

/// The result of replacing functions.
package struct FunctionReport: Equatable, Sendable {
  /// The functions that are new or were replaced.
  package var replaced: [String]
  /// The functions without a file, until a migration drops them.
  package var kept: [String]
  /// Whether the database has the functions of a later release, so that none was replaced.
  package var isOlder: Bool

  /// Makes a report.
  package init(replaced: [String] = [], kept: [String] = [], isOlder: Bool = false) {
    (self.replaced, self.kept, self.isOlder) = (replaced, kept, isOlder)
  }
}
