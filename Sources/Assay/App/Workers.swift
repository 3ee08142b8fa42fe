package import Queue
package import Site

internal import Logging
internal import Postgres
internal import Storage
internal import Synchronization
internal import Vocabulary

/// Runs the threads of a worker process: those of each lane, and one that sends letters.
package enum Workers {
  private static let isStopping = Atomic<Bool>(false)

  /// Tells all threads of this process to stop after their current chunk.
  package static func stop() { isStopping.store(true, ordering: .relaxed) }

  /// Runs chunks and sends letters until told to stop; waits while the database is unavailable.
  /// - Parameter goesOn: false when it is time to stop; called by several threads.
  package static func run(
    _ site: Site, kinds: @escaping @Sendable (Site) -> [any JobKind] = Jobs.all,
    while goesOn: @escaping @Sendable () -> Bool = { !isStopping.load(ordering: .relaxed) }
  ) {
    let database = site.config.database(as: .worker)
    let lanes = Set(kinds(site).map { type(of: $0).lane })
    let plans = lanes.flatMap { lane in
      [WorkerThread.Plan](
        repeating: .lane(
          lane, database, log: .assay, when: { try isStoreHere(site) }, kinds: { kinds(site) }),
        count: lane.threads)
    }
    // Letters have a queue of their own, the table `letter`.
    let letters = WorkerThread.Plan("letters", pause: 1, log: .assay) {
      let db = Connection(database, settings: .worker)
      return { try Postman().deliver(site, db) }
    }
    WorkerThread.run(plans + [letters], while: goesOn)
  }

  /// Whether the store is there; without it no chunk is taken, so that no picture counts as lost.
  private static func isStoreHere(_ site: Site) throws -> Bool {
    guard !site.watch.isConfirmed else { return true }
    let db = Connection(site.config.database(as: .worker), settings: .worker)
    defer { db.close() }
    do {
      try site.watch.expect(db)
      return true
    } catch is StoreAbsence {
      return false
    }
  }
}

extension Worker {
  /// Makes a worker for all kinds on the caller's thread.
  package convenience init(_ site: Site) {
    self.init(Jobs.all(site), database: site.config.database(as: .worker), log: .assay)
  }
}
