internal import ArgumentParser
internal import Assay
internal import Postgres
internal import Site

/// Migrates the database to the newest schema.
struct Migrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Migrate the database to the newest schema; safe at any time, also several at once.")

  @Option(help: "The directory of numbered .sql files, beside functions/ (default: $ASSAY_SQL).")
  var directory: String?

  func run() throws {
    guard let path = directory ?? Config.environment("ASSAY_SQL") else {
      throw Refusal("Give the directory of the migrations: --directory, or ASSAY_SQL.")
    }
    try DatabaseSchema.checkFunctions(path)
    let db = try Owner.connection()
    let check = DatabaseCheck(db, migrations: path)
    try Self.expectNone(check.faultsBeforeMigration())
    let report = try DatabaseSchema.migrate(db, directory: path)
    for name in report.applied { print("applied \(name)") }
    let functions = report.functions
    if !functions.replaced.isEmpty {
      print("replaced functions: \(functions.replaced.joined(separator: ", "))")
    }
    for name in functions.kept {
      print("kept \(name): it has no file, but no migration drops it")
    }
    if functions.isOlder {
      print("functions not replaced: a later release has already replaced them")
    }
    try Self.expectNone(check.faults(of: [.application, .worker]))
  }

  private static func expectNone(_ faults: [String]) throws {
    guard faults.isEmpty else { throw Refusal(faults.joined(separator: "\n")) }
  }
}

/// Makes connections as the role that owns the tables.
enum Owner {
  static func connection() throws -> Connection {
    guard let database = Config.environment("ASSAY_DATABASE"), !database.isEmpty else {
      throw Refusal("ASSAY_DATABASE is not set.")
    }
    var settings = ConnectionSettings()
    // No time limit: on a large site a migration that reads whole tables takes long, and the
    // operator can stop it.
    settings.statementTimeoutMilliseconds = 0
    return Connection(
      "\(database) user=\(DatabaseRole.owner.rawValue)", settings: settings)
  }
}
