internal import Glibc
package import Logging
package import Postgres

/// Takes chunks from PostgreSQL and runs them on one thread.
///
/// Any number of workers may run on any number of hosts.
package final class Worker {
  private let kinds: [String: any JobKind]
  private var turns: Turns
  private let database: String
  private let db: Connection
  private let name = Worker.hostName()
  private let log: Logger
  private var hasSchedules = false

  /// Milliseconds between polls of the queue; a notification shortens the wait.
  private static let poll = 1000
  /// The number of dead workers after which a chunk is split or given up.
  static let mostDeaths = 3

  /// Makes a worker with its own connection; it runs chunks of these kinds and ignores others.
  package init(_ kinds: [any JobKind], database: String, log: Logger) {
    self.kinds = Dictionary(uniqueKeysWithValues: kinds.map { (type(of: $0).name, $0) })
    turns = Turns(kinds.map { type(of: $0) })
    self.database = database
    self.log = log
    db = Connection(database, settings: .worker)
  }

  private static func hostName() -> String {
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, host.count - 1)
    let bytes = host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    return "\(String(decoding: bytes, as: UTF8.self)):\(getpid())"
  }

  /// Runs one chunk, or waits up to a second when there is none.
  func step() throws {
    if !hasSchedules {
      try openSchedules()
      hasSchedules = true
    }
    if try runNext() { return }
    try db.listen("job")
    _ = try db.waitForNotification(milliseconds: Self.poll)
  }

  /// Makes sure that each scheduled kind has an open job.
  package func openSchedules() throws {
    for kind in kinds.values {
      if case .every = type(of: kind).start { try openSchedule(kind) }
    }
  }

  private func openSchedule<Kind: JobKind>(_ kind: Kind) throws {
    try db.transaction { db in try JobQueries.wake(Kind.self, key: Kind.name, for: .site, db) }
  }

  /// Runs one chunk; false when none waits.
  /// - Parameter job: limits the search to chunks of this job.
  package func runNext(of job: UUIDBytes? = nil) throws -> Bool {
    guard let chunk = try take(of: job), let kind = kinds[chunk.kind] else { return false }
    var log = log
    log[metadataKey: "job"] = "\(chunk.job)"
    log[metadataKey: "chunk"] = "\(chunk.number)"
    log[metadataKey: "attempt"] = "\(chunk.attempts)"
    log[metadataKey: "kind"] = "\(chunk.kind)"
    let lease = Lease(chunk, db, log)
    let heartbeat = Heartbeat(for: lease, database: database)
    defer { withExtendedLifetime(heartbeat) {} }
    try run(kind, lease)
    return true
  }

  private func take(of job: UUIDBytes?) throws(PostgresError) -> Chunk? {
    guard let job else { return try turns.take(worker: name, db) }
    return try ChunkQueries.take(worker: name, of: job, db)
  }

  private func run<Kind: JobKind>(_ kind: Kind, _ lease: Lease) throws {
    do {
      let payload = try Kind.Payload(json: lease.chunk.payload)
      guard lease.chunk.deaths < Self.mostDeaths else {
        return try setBack(kind, lease, nil)
      }
      try kind.prepare(payload, lease)
      try end(kind, payload, lease)
    } catch is LeaseLost {
      lease.log.warning("lease lost")
    } catch {
      lease.log.error("chunk failed", metadata: ["error": "\(error)"])
      try setBack(kind, lease, error)
    }
  }

  /// Records the results and ends the chunk in one transaction.
  ///
  /// When the worker is killed, another repeats the chunk: no result is lost, and none is recorded
  /// twice.
  private func end<Kind: JobKind>(
    _ kind: Kind, _ payload: Kind.Payload, _ lease: Lease, condemning fault: JobFault? = nil
  ) throws {
    try db.transaction { db in
      if let fault {
        let part = if case .deadly = fault { lease.chunk.part } else { String?.none }
        try kind.condemn(payload, part: part, because: fault, lease)
      }
      if Kind.start == .standing { try JobQueries.hold(lease.chunk, db) }
      let hasMore = try kind.record(payload, lease)
      let pause: Int? =
        switch Kind.start {
        case .every(let seconds): seconds
        case .standing: hasMore ? 0 : nil
        case .once: nil
        }
      if let pause {
        guard try ChunkQueries.putBack(lease.chunk, seconds: pause, db) else { throw LeaseLost() }
      } else {
        guard try ChunkQueries.finish(lease.chunk, db) else { throw LeaseLost() }
        try JobQueries.closeIfDone(lease.chunk.job, db)
      }
    }
  }
}

extension Worker {
  /// Retries a failed chunk, isolates the part that fails, or gives the chunk up.
  /// - Parameter error: nil when workers died on the chunk.
  private func setBack<Kind: JobKind>(
    _ kind: Kind, _ lease: Lease, _ error: (any Error)?
  ) throws {
    guard let error, !shouldIsolate(kind, lease.chunk, error) else {
      return try isolate(kind, lease, because: error == nil ? .deadly : .failing)
    }
    guard lease.chunk.attempts >= Kind.retry.attempts else {
      return try postpone(kind, lease.chunk, error)
    }
    try giveUp(kind, lease.chunk, error)
  }

  /// Decides whether to isolate the part that causes an error.
  ///
  /// A chunk of several parts is split when one part causes the error, or on the last attempt. A
  /// chunk of one part is isolated when its error comes back. Standing and scheduled kinds handle
  /// their parts with `Lease.each`.
  private func shouldIsolate<Kind: JobKind>(
    _ kind: Kind, _ chunk: Chunk, _ error: any Error
  ) -> Bool {
    guard Kind.start == .once, let payload = try? Kind.Payload(json: chunk.payload) else {
      return false
    }
    let blame = Blame(error)
    if payload.parts.count > 1 { return blame.isPart || chunk.attempts >= Kind.retry.attempts }
    // A missing file may come back, so the chunk is retried.
    return chunk.attempts > 1 && blame == .part
  }

  /// Isolates the part that crashes workers or fails, so that the other parts get their results.
  private func isolate<Kind: JobKind>(
    _ kind: Kind, _ lease: Lease, because fault: JobFault
  ) throws {
    lease.log.error("chunk isolated", metadata: ["fault": "\(fault)"])
    do {
      let payload = try Kind.Payload(json: lease.chunk.payload)
      let parts = payload.parts
      guard parts.count > 1 else { return try end(kind, payload, lease, condemning: fault) }
      try db.transaction { db in
        guard try ChunkQueries.split(lease.chunk, into: parts.map(\.json), db) else {
          throw LeaseLost()
        }
      }
    } catch is LeaseLost {
      lease.log.warning("lease lost")
    } catch {
      lease.log.error("isolation failed", metadata: ["error": "\(error)"])
      if !Blame(error).isPart { return try postpone(kind, lease.chunk, error) }
      // The database refuses even the record that the part is given up.
      try giveUp(kind, lease.chunk, error)
    }
  }

  private func postpone<Kind: JobKind>(
    _ kind: Kind, _ chunk: Chunk, _ error: any Error
  ) throws {
    try ChunkQueries.postpone(
      chunk, error: "\(error)", seconds: Kind.retry.pause(after: chunk.attempts), db)
  }

  /// Fails the chunk; a scheduled job runs again at its next time.
  private func giveUp<Kind: JobKind>(_ kind: Kind, _ chunk: Chunk, _ error: any Error) throws {
    if case .every(let seconds) = Kind.start {
      _ = try ChunkQueries.putBack(chunk, seconds: seconds, error: "\(error)", db)
      return
    }
    try db.transaction { db in
      guard try ChunkQueries.finish(chunk, error: "\(error)", db) else { return }
      try JobQueries.closeIfDone(chunk.job, db)
    }
  }
}

extension ConnectionSettings {
  /// The settings of workers.
  package static var worker: ConnectionSettings {
    var settings = ConnectionSettings()
    // Comparisons over a large organization take longer than a request may.
    settings.statementTimeoutMilliseconds = 60_000
    // A chunk may wait for a long comparison in another chunk of its organization.
    settings.lockTimeoutMilliseconds = 60_000
    // Between two statements a worker may process thousands of pairs in memory.
    settings.idleInTransactionMilliseconds = 60_000
    return settings
  }
}
