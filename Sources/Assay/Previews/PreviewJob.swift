internal import Cryptography
internal import Glibc
internal import Imaging
internal import Logging
internal import Postgres

/// Makes the previews of a project's pictures, a few at a time: others have their turn between.
///
/// Each picture is recorded when its files are on the disk. A killed worker's successor goes on
/// with the next; what was made in between is made again, and is the same.
struct PreviewJob {
  static let kind = "previews"
  /// Pictures between two looks at the queue.
  static let batch = 8
  /// The most pictures that are skipped because their files cannot be read.
  private static let mostPassedOver = 100

  private let site: Site
  private let db: Connection
  private let decoders: DecoderSession

  init(_ site: Site, _ db: Connection) {
    self.site = site
    self.db = db
    decoders = site.decoders.session()
  }

  func run(_ chunk: Chunk) throws {
    var done = 0
    var failure: StoreError?
    for original in try waiting(chunk, limit: Self.batch + Self.mostPassedOver)
    where done < Self.batch {
      guard try JobQueries.heartbeat(chunk, db) else { throw LeaseLost() }
      do {
        try finish(original, of: chunk.organization)
        done += 1
      } catch let error as StoreError {
        // A file that cannot be read must not stop the previews of others.
        failure = failure ?? error
      }
    }
    if done == 0, let failure { throw failure }
    try settle(chunk)
  }

  /// Gives up the picture that kills its workers: each is recorded before the next is begun, so it
  /// is the first that waits and whose file can be read; others are passed over.
  func isolate(_ chunk: Chunk, because fault: String) throws {
    guard try JobQueries.heartbeat(chunk, db) else { throw LeaseLost() }
    let deadly = try waiting(chunk, limit: 1 + Self.mostPassedOver).first(where: isReadable)
    if let deadly {
      try PreviewQueries.record(deadly.sha256, of: chunk.organization, fault: fault, db)
    }
    try settle(chunk)
  }

  private func isReadable(_ original: PreviewQueries.Original) -> Bool {
    guard let descriptor = try? site.store.open(original.sha256) else { return false }
    close(descriptor)
    return true
  }

  /// Makes the previews of one picture and records them, or why there will be none.
  private func finish(_ original: PreviewQueries.Original, of organization: ID<Organization>)
    throws
  {
    let name = Hex.encode(original.sha256)
    do {
      let fault = try make(original)
      if let fault {
        Logger.assay.warning("no preview", metadata: ["blob": "\(name)", "fault": "\(fault)"])
      }
      try PreviewQueries.record(original.sha256, of: organization, fault: fault, db)
    } catch {
      guard ItemFault.isOne(error), !(error is StoreError) else { throw error }
      Logger.assay.error("no preview", metadata: ["blob": "\(name)", "error": "\(error)"])
      try PreviewQueries.record(original.sha256, of: organization, fault: Chunk.failing, db)
    }
  }

  /// Ends the chunk, or puts it back when more pictures wait.
  private func settle(_ chunk: Chunk) throws {
    try db.transaction { db in
      try StandingJobQueries.hold(chunk, db)
      let isDone = try waiting(chunk, limit: 1).isEmpty
      let isOurs =
        try isDone
        ? JobQueries.finish(chunk, "completed", db) : StandingJobQueries.putBack(chunk, db)
      guard isOurs else { throw LeaseLost() }
      if isDone { try JobQueries.closeIfDone(chunk.job, db) }
    }
  }

  private func waiting(
    _ chunk: Chunk, limit: Int
  ) throws(PostgresError) -> [PreviewQueries.Original] {
    try PreviewQueries.waiting(in: chunk.project, of: chunk.organization, limit: limit, db)
  }

  /// Makes what is not there yet: other organizations may hold the same bytes.
  /// - Returns: why there can be no previews; one poisoned file never stops the rest.
  /// - Throws: what is no fault of the picture's: the chunk is tried again later.
  private func make(_ original: PreviewQueries.Original) throws -> String? {
    guard !site.store.hasPreviews(of: original.sha256) else { return nil }
    guard site.store.size(of: original.sha256) != nil else { return "The stored file is missing." }
    // Healing forgets this, and the next look makes them.
    guard let descriptor = try Integrity(site.store, db).open(original.sha256) else {
      return "The stored bytes have changed."
    }
    defer { close(descriptor) }
    do {
      try site.store.keep(try previews(of: descriptor), of: original.sha256)
      return nil
    } catch let failure as DecodeFailure {
      return try failure.fault()
    }
  }

  /// Makes both previews by one request: the original is decoded once.
  private func previews(of descriptor: Int32) throws -> [Store.Preview] {
    let previews = try decoders.previews(descriptor, PreviewSize.sides)
    return try PreviewSize.allCases.map { size in
      let file = try site.store.incoming()
      try size.bytes(of: previews).withUnsafeBytes { try file.append($0) }
      try file.flush()
      return Store.Preview(size: size, file: file)
    }
  }

  /// Starts what nobody has started: pictures from before there were previews, or a job given up.
  static func wakeForgotten(_ db: Connection) throws {
    for forgotten in try PreviewQueries.forgotten(db) {
      try db.transaction { db in
        try StandingJobQueries.wake(
          kind, on: forgotten.project, of: forgotten.organization, by: forgotten.creator, db)
      }
    }
  }
}
