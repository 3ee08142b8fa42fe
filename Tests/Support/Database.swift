internal import Glibc
internal import Postgres
internal import Synchronization

/// The PostgreSQL server of this test process.
///
/// The first test that needs a database starts it. `ASSAY_TEST_POSTGRES` may contain the conninfo
/// (`key=value …`) of a superuser on another server, where the test databases then remain.
package enum TestServer {
  private static let server = Result { try Server() }
  private static let templates = Mutex<Set<String>>([])
  private static let made = Atomic<Int>(0)

  /// Makes an empty database and returns its conninfo, as superuser.
  package static func freshDatabase() throws -> String {
    try clone("template0")
  }

  /// Makes a copy of a template and returns its conninfo, as superuser.
  package static func freshDatabase(template: String) throws -> String {
    try clone(name(of: template))
  }

  /// Makes a template once in this process; `make` gets the conninfo of its empty database.
  package static func template(_ template: String, make: (String) throws -> Void) throws {
    try templates.withLock { templates in
      guard !templates.contains(template) else { return }
      let server = try server.get()
      let name = name(of: template)
      try server.run("create database \"\(name)\" template template0")
      do {
        try make(server.conninfo(of: name))
      } catch {
        try server.run("drop database \"\(name)\" with (force)")
        throw error
      }
      templates.insert(template)
    }
  }

  private static func clone(_ template: String) throws -> String {
    let server = try server.get()
    let number = made.add(1, ordering: .relaxed).newValue
    let name = "assay_test_\(getpid())_\(number)"
    try server.run("create database \"\(name)\" template \"\(template)\"")
    return server.conninfo(of: name)
  }

  private static func name(of template: String) -> String {
    "assay_test_\(getpid())_template_\(template)"
  }
}

/// A PostgreSQL server; the process starts it unless a conninfo is given.
private struct Server {
  private let cluster: Cluster?
  private let base: String

  init() throws {
    if let given = getenv("ASSAY_TEST_POSTGRES") {
      (cluster, base) = (nil, String(cString: given))
    } else {
      let cluster = try Cluster()
      (self.cluster, base) = (cluster, cluster.conninfo)
    }
  }

  /// The last of two equal keys is used.
  func conninfo(of database: String) -> String { "\(base) dbname=\(database)" }

  func run(_ statement: String) throws {
    var settings = ConnectionSettings()
    // Many databases are made at the same time on few cores.
    settings.statementTimeoutMilliseconds = 60_000
    settings.lockTimeoutMilliseconds = 60_000
    try Connection(conninfo(of: "postgres"), settings: settings).script(statement)
  }
}
