package import Postgres
package import Site

/// Finds out what is missing in a database: roles, tables, functions, rights.
package struct DatabaseCheck {
  private let db: Connection
  /// The folder of the migrations; nil when it is not known.
  private let folder: String?

  /// Makes a check over a connection of any role.
  package init(_ db: Connection, migrations folder: String?) {
    (self.db, self.folder) = (db, folder)
  }

  /// Tables that both roles of the service read; a dump without rights lacks all of them.
  private static let readByAll = ["organization", "project", "item", "blob", "job_chunk"]

  /// The last words of sentences about a dump that was not restored as documented.
  private static let advice = "restore the dump again as docs/restoring.md says."

  /// Returns a sentence for each thing that `assay migrate` needs and does not make itself.
  package func faultsBeforeMigration() throws -> [String] {
    let (database, role) = try SetupQueries.owner(db)
    let owner = DatabaseRole.owner.rawValue
    var faults: [String] = []
    if role != owner {
      faults.append(
        "\(role) owns the database, not \(owner): "
          + "alter database \(database) owner to \(owner).")
    }
    let missing = try SetupQueries.missingRoles(Self.roles, db)
    guard try SetupQueries.hasSchema(db) else {
      if !missing.isEmpty, try !SetupQueries.mayMakeRoles(db) {
        faults.append("\(owner) may not make the roles: alter role \(owner) createrole.")
      }
      return faults
    }
    faults += missing.map {
      "There is no role \($0), so the tables were restored without its rights: \(Self.advice)"
    }
    let foreign = try SetupQueries.foreignObjects(than: owner, db)
    if foreign > 0 {
      faults.append(
        "\(foreign) tables and functions belong to another role than \(owner): \(Self.advice)")
    }
    return faults
  }

  /// Returns a sentence for each thing that these roles of the service need.
  package func faults(of roles: [DatabaseRole]) throws -> [String] {
    guard try SetupQueries.hasSchema(db) else {
      return ["The database has no tables: run `systemctl restart assay-migrate`."]
    }
    let missing = try SetupQueries.missingRoles(Self.roles, db)
    guard missing.isEmpty else {
      return missing.map { "There is no role \($0): \(Self.advice)" }
    }
    return try migrationFaults() + functionFaults() + roles.flatMap(rightsFaults)
  }

  /// Whether the database has exactly the migrations, functions and rights of this version.
  ///
  /// Then an error about something that is missing is a bug, which no operator can mend.
  func isWhole(for role: DatabaseRole) throws -> Bool {
    guard let folder else { return false }
    let state = try SetupQueries.state(db)
    guard try state.migrations == Migrator.names(in: folder).count,
      try state.edition == DatabaseSchema.edition(of: folder)
    else { return false }
    return try faults(of: [role]).isEmpty
  }

  private static let roles = [DatabaseRole.application, .worker].map(\.rawValue)

  private func migrationFaults() throws -> [String] {
    guard let folder, let applied = try SetupQueries.migrations(db) else { return [] }
    let missing = try Migrator.names(in: folder).enumerated()
      .filter { !applied.contains($0.offset + 1) }.map(\.element)
    guard let first = missing.first else { return [] }
    return [
      "The database lacks \(missing.count) migrations, the first is \(first): "
        + "run `systemctl restart assay-migrate`."
    ]
  }

  private func functionFaults() throws -> [String] {
    guard let folder else { return [] }
    let names = try DatabaseSchema.functions(of: folder).map(\.name)
    let missing = try SetupQueries.missingFunctions(names, db)
    guard !missing.isEmpty else { return [] }
    return [
      "The database lacks functions (\(missing.joined(separator: ", "))): "
        + "run `systemctl restart assay-migrate`."
    ]
  }

  private func rightsFaults(of role: DatabaseRole) throws -> [String] {
    let tables = try SetupQueries.closedTables(Self.readByAll, to: role.rawValue, db)
    let granted = try folder.map { try DatabaseSchema.functions(of: $0) } ?? []
    let functions = try SetupQueries.closedFunctions(
      granted.filter { $0.isGranted(to: role.rawValue) }.map(\.name), to: role.rawValue, db)
    let closed = tables + functions
    guard !closed.isEmpty else { return [] }
    return [
      "\(role.rawValue) has no rights on \(closed.joined(separator: ", ")): \(Self.advice)"
    ]
  }
}
