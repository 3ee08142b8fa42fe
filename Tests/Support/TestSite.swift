package import Postgres
package import Site

internal import Assay
internal import Glibc
internal import Queue
internal import Web

/// The whole application without a web server, with its own database and store.
package final class TestSite {
  package let site: Site
  /// The connection string of the database's owner.
  package let database: String
  /// The client that `send` uses.
  package let client: Client

  /// A fresh, migrated database and an empty store.
  /// - Parameter secrets: further files of `ASSAY_SECRETS`, by name.
  package init(
    quality: QualityMode = .worker, settings: [String: String] = [:],
    secrets: [String: String] = [:]
  ) throws {
    let database = try Self.freshDatabase()
    self.database = database
    let home = try TemporaryDirectory()
    try home.write("token.key", Self.tokenKey)
    try home.write("link.key", Self.linkKey)
    for (name, text) in secrets { try home.write(name, text) }
    let environment = [
      "ASSAY_DATABASE": database, "ASSAY_STORE": home.path + "/store",
      "ASSAY_SECRETS": home.path, "ASSAY_DECODE": Products.path("assay-decode"),
      "ASSAY_SQL": Products.checkout + "/sql/migrations",
      "ASSAY_QC": quality.rawValue, "ASSAY_LIMITS": "off",
      // The pictures of tests are very small and soft.
      "ASSAY_QC_THRESHOLDS": "low_resolution=off,blurry=off",
    ].merging(settings) { $1 }
    site = try Site(Config { environment[$0] })
    client = Client(site)
    try client.context.expectStore()
    self.home = home
  }

  /// The contents of `token.key` in tests.
  package static let tokenKey = "3f1c9a5be07d42866b8e0d5fa4c2719713e85ad06c9b47f22a60f7d3958cb14e"
  /// The contents of `link.key` in tests.
  package static let linkKey = "b7e20c94d15f8a36429d6e7ba81350cfe4967f02c8ad1b5370be3946fd85a21c"

  private let home: TemporaryDirectory

  deinit {
    site.stop()
    home.remove()
    client.context.db.close()
    // The conninfo of the copy ends with its name.
    let name = database.split(separator: "=").last ?? ""
    try? Connection("\(database) dbname=postgres").script("drop database \(name) with (force)")
  }

  /// A connection with the owner's rights, for tasks without an endpoint.
  package func owner() -> Connection { Connection(database) }

  /// Waits until a transaction waits for an advisory lock.
  package func waitForALock() throws {
    let db = owner()
    try wait(for: "a transaction at the lock") {
      try db.one(
        """
        select exists (
          select from pg_locks l join pg_database d on d.oid = l.database
          where d.datname = current_database() and l.locktype = 'advisory' and not l.granted)
        """
      ) { row throws(PostgresError) in try row.next(Bool.self) }
    }
  }

  /// Waits until a statement waits for a row that another transaction has locked.
  package func waitForARow() throws {
    let db = owner()
    try wait(for: "a transaction at the row") {
      try db.one(
        """
        select exists (
          select from pg_stat_activity
          where datname = current_database() and wait_event in ('transactionid', 'tuple'))
        """
      ) { row throws(PostgresError) in try row.next(Bool.self) }
    }
  }

  /// A connection with one of the program's roles.
  package func connection(as role: DatabaseRole) -> Connection {
    Connection(site.config.database(as: role))
  }

  /// Sends a request as a person; the answer is complete when this returns.
  package func send(
    _ method: String, _ path: String, as person: Person? = nil, json: String? = nil,
    form: Form? = nil, headers: [String: String] = [:]
  ) throws -> Answer {
    try client.send(method, path, as: person, json: json, form: form, headers: headers)
  }

  /// Runs the queue until it is empty.
  package func work() throws { try Worker(site).runAll() }

  /// Does what is due in all pools.
  package func keepPools() throws { try PoolUpkeep.run(connection(as: .worker)) }

  /// Sends the queued letters.
  package func deliver() throws {
    let db = connection(as: .worker)
    try wait(for: "the last letter", pause: 0) { try !Postman().deliver(site, db) }
  }

  /// Runs `work` on several threads at the same time, each with its own connection.
  package func race<Result: Sendable>(
    _ threads: Int, _ work: @escaping @Sendable (Client, Int) throws -> Result
  ) throws -> [Result] {
    let start = StartingLine(threads)
    let site = site
    return try inThreads(threads) { index in
      let client = Client(site)
      let connected = Swift.Result { try client.connect() }
      start.wait()
      try connected.get()
      return try work(client, index)
    }
  }

  private static func freshDatabase() throws -> String {
    try TestServer.template("assay") { database in
      _ = try DatabaseSchema.migrate(
        Connection(database), directory: Products.checkout + "/sql/migrations")
    }
    let database = try TestServer.freshDatabase(template: "assay")
    try DatabaseSchema.close(Connection(database))
    return database
  }
}
