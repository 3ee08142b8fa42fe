internal import Glibc
internal import Logging
internal import Postgres
internal import Synchronization

/// Takes chunks from PostgreSQL and runs them; any number of workers on any number of hosts.
package final class Worker {
  private let site: Site
  private let db: Connection
  private let name: String
  private let database: String
  private var turns = Turns()
  private var gallery: Gallery?

  private static let isStopping = Atomic<Bool>(false)

  /// Milliseconds between looks at the queue; a notification only shortens the wait.
  private static let poll = 1000

  /// A worker with its own connection.
  package init(_ site: Site, database: String? = nil) {
    self.site = site
    self.database = database ?? site.config.database(as: .worker)
    db = Connection(self.database, settings: Self.settings)
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, host.count - 1)
    let bytes = host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    name = "\(String(decoding: bytes, as: UTF8.self)):\(getpid())"
  }

  private static var settings: ConnectionSettings {
    var settings = ConnectionSettings()
    // Comparisons over a large organization take longer than a request may.
    settings.statementTimeoutMilliseconds = 60_000
    // One chunk of an organization waits for another's comparisons; that is no failure.
    settings.lockTimeoutMilliseconds = 60_000
    // What is found in memory between two statements may be thousands of pairs.
    settings.idleInTransactionMilliseconds = 60_000
    return settings
  }

  /// Tells all workers of this process to stop; the chunk at hand is finished first.
  package static func stop() { isStopping.store(true, ordering: .relaxed) }

  /// Runs chunks, sends letters and sweeps until told to stop; waits while the database is away.
  /// - Parameter goesOn: false when it is time to stop; asked by several threads.
  package func run(
    while goesOn: @escaping @Sendable () -> Bool = { !isStopping.load(ordering: .relaxed) }
  ) {
    let chores = [letters(goesOn), sweeps(goesOn)].map(start)
    while goesOn() { step() }
    for chore in chores { chore.join() }
  }

  /// Starts a chore; a worker without it ends, and is started again.
  private func start(_ plan: Chore.Plan) -> Chore {
    guard let chore = Chore(plan) else {
      Logger.assay.error("no thread to be had", metadata: ["chore": "\(plan.name)"])
      exit(1)
    }
    return chore
  }

  private func letters(_ goesOn: @escaping @Sendable () -> Bool) -> Chore.Plan {
    Chore.Plan(
      name: "letters", database: database, settings: Self.settings, pause: 1, goesOn: goesOn
    ) { [site] db in { try Postman().deliver(site, db) } }
  }

  private func sweeps(_ goesOn: @escaping @Sendable () -> Bool) -> Chore.Plan {
    Chore.Plan(
      name: "sweeps", database: database, settings: Self.settings, pause: Sweeper.pause,
      goesOn: goesOn
    ) { [site] db in
      var sweeper = Sweeper(site)
      return {
        try sweeper.sweep(db)
        return false
      }
    }
  }

  private func step() {
    do {
      if try runNext() { return }
      try db.listen("job")
      _ = try db.waitForNotification(milliseconds: Self.poll)
    } catch {
      Logger.assay.error("worker waits", metadata: ["error": "\(error)"])
      usleep(500_000)
    }
  }

  /// Runs one chunk; false when none waits.
  /// - Parameter job: only chunks of that job, when given.
  package func runNext(of job: ID<Job>? = nil) throws -> Bool {
    guard let chunk = try take(of: job) else { return false }
    let heartbeat = Heartbeat(for: chunk, database: database)
    defer { withExtendedLifetime(heartbeat) {} }
    do {
      if chunk.deaths < JobQueries.mostDeaths {
        try run(chunk)
      } else {
        try isolate(chunk, because: Chunk.deadly)
      }
    } catch is LeaseLost {
      Logger.assay.warning("lease lost", metadata: facts(chunk))
    } catch {
      let facts = facts(chunk).merging(["error": "\(error)"]) { $1 }
      Logger.assay.error("chunk failed", metadata: facts)
      try setBack(chunk, error)
    }
    return true
  }

  private func take(of job: ID<Job>?) throws(PostgresError) -> Chunk? {
    guard let job else { return try turns.take(worker: name, db) }
    return try JobQueries.take(worker: name, of: job, db)
  }

  /// The one that is in memory, when it is the organization's: one is enough to hold.
  private func gallery(of organization: ID<Organization>) -> Gallery {
    if let gallery, gallery.organization == organization { return gallery }
    let other = Gallery(of: organization, most: site.config.comparedInMemory)
    gallery = other
    return other
  }

  private func run(_ chunk: Chunk) throws {
    switch chunk.kind {
    case QualityJob.kind: try QualityJob(site, db, gallery(of: chunk.organization)).run(chunk)
    case PreviewJob.kind: try PreviewJob(site, db).run(chunk)
    default: throw UnknownKind()
    }
  }

  /// Finds the item that makes workers die or fail, so that the other items still get their
  /// results.
  private func isolate(_ chunk: Chunk, because fault: String) throws {
    let facts = facts(chunk).merging(["fault": "\(fault)"]) { $1 }
    Logger.assay.error("chunk isolated", metadata: facts)
    switch chunk.kind {
    case QualityJob.kind:
      try QualityJob(site, db, gallery(of: chunk.organization)).isolate(chunk, because: fault)
    case PreviewJob.kind: try PreviewJob(site, db).isolate(chunk, because: fault)
    default: throw UnknownKind()
    }
  }

  /// Tries a failed chunk again, isolates the item that makes it fail, or gives it up.
  private func setBack(_ chunk: Chunk, _ error: any Error) throws {
    if shouldIsolate(chunk, error) {
      do {
        return try isolate(chunk, because: Chunk.failing)
      } catch {
        let facts = facts(chunk).merging(["error": "\(error)"]) { $1 }
        Logger.assay.error("isolation failed", metadata: facts)
        if !ItemFault.isOne(error) { return try postpone(chunk, error) }
        // The database refuses even the record that the item is corrupt.
        return try giveUp(chunk, error)
      }
    }
    guard chunk.attempts >= JobQueries.mostAttempts else { return try postpone(chunk, error) }
    try giveUp(chunk, error)
  }

  /// Several items get a chunk each at the first error that one of them causes, or before they are
  /// given up for another error; a single item is isolated when its error has come again.
  private func shouldIsolate(_ chunk: Chunk, _ error: any Error) -> Bool {
    if chunk.items.count > 1 {
      return ItemFault.isOne(error) || chunk.attempts >= JobQueries.mostAttempts
    }
    // A missing file may come back: the chunk is tried again, as after other errors of the store.
    return chunk.items.count == 1 && chunk.attempts > 1 && ItemFault.isOne(error)
      && !(error is StoreError)
  }

  private func postpone(_ chunk: Chunk, _ error: any Error) throws {
    try JobQueries.postpone(
      chunk, error: "\(error)", seconds: 1 << min(chunk.attempts, JobQueries.mostAttempts), db)
  }

  private func giveUp(_ chunk: Chunk, _ error: any Error) throws {
    try db.transaction { db in
      guard try JobQueries.finish(chunk, "failed", error: "\(error)", db) else { return }
      try JobQueries.closeIfDone(chunk.job, db)
    }
  }

  private func facts(_ chunk: Chunk) -> Logger.Metadata {
    [
      "job": "\(chunk.job)", "chunk": "\(chunk.number)", "attempt": "\(chunk.attempts)",
      "kind": "\(chunk.kind)",
    ]
  }
}
