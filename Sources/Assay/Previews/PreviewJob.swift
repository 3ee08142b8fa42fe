internal import Cryptography
internal import Glibc
internal import Imaging
internal import Logging
internal import Postgres
internal import Queue
internal import Site
internal import Storage
internal import Vocabulary

/// Makes the previews of a project's pictures, a few at a time: others have their turn between.
///
/// Each picture is recorded when its files are on the disk. A killed worker's successor goes on
/// with the next; what was made in between is made again, and is the same.
struct PreviewJob: JobKind {
  static let name = "previews"
  static let lane = Lane.pictures
  static let start = JobStart.standing
  /// Pictures between two looks at the queue.
  static let batch = 8
  /// The most pictures that are skipped because their files cannot be read.
  private static let mostSkipped = 100

  private let site: Site

  init(_ site: Site) { self.site = site }

  /// Makes sure that a job makes the previews of a project's new pictures.
  static func wake(
    on project: ID<Project>, of organization: ID<Organization>, by account: ID<Account>,
    _ db: Connection
  ) throws(PostgresError) {
    try JobQueries.wake(
      Self.self, key: "\(project)", for: JobOwner(project, of: organization, by: account), db)
  }

  func prepare(_ payload: NoPayload, _ lease: Lease) throws {
    let (_, organization) = try lease.project()
    let decoders = site.decoders.session()
    let waiting = try waiting(lease, limit: Self.batch + Self.mostSkipped)
    try lease.each(waiting, most: Self.batch) {
      Hex.encode($0.sha256)
    } do: {
      try finish($0, of: organization, decoders, lease)
    } condemn: {
      try PreviewQueries.record(
        $0.sha256, of: organization, fault: JobFault.failing.sentence, lease.db)
    }
  }

  func record(_ payload: NoPayload, _ lease: Lease) throws -> Bool {
    try !waiting(lease, limit: 1).isEmpty
  }

  /// Gives up the picture over which workers died.
  func condemn(
    _ payload: NoPayload, part: String?, because fault: JobFault, _ lease: Lease
  ) throws {
    guard let sha256 = part.flatMap({ Digest(hex: $0) }) else { throw CannotCondemn() }
    let (_, organization) = try lease.project()
    try PreviewQueries.record(sha256, of: organization, fault: fault.sentence, lease.db)
  }

  /// Makes the previews of one picture and records them, or why there will be none.
  private func finish(
    _ original: PreviewQueries.Original, of organization: ID<Organization>,
    _ decoders: DecoderSession, _ lease: Lease
  ) throws {
    let fault = try make(original, decoders, lease.db)
    if let fault {
      let blob = Hex.encode(original.sha256)
      lease.log.warning("preview not made", metadata: ["blob": "\(blob)", "fault": "\(fault)"])
    }
    try PreviewQueries.record(original.sha256, of: organization, fault: fault, lease.db)
  }

  private func waiting(
    _ lease: Lease, limit: Int
  ) throws -> [PreviewQueries.Original] {
    let (project, organization) = try lease.project()
    return try PreviewQueries.waiting(in: project, of: organization, limit: limit, lease.db)
  }

  /// Makes what is not there yet: other organizations may hold the same bytes.
  /// - Returns: why there can be no previews; one poisoned file never stops the rest.
  /// - Throws: errors that the picture did not cause; the chunk is retried later.
  private func make(
    _ original: PreviewQueries.Original, _ decoders: DecoderSession, _ db: Connection
  ) throws -> String? {
    guard !site.store.hasPreviews(of: original.sha256) else { return nil }
    guard site.store.size(of: original.sha256) != nil else { return "The stored file is missing." }
    // Healing forgets this, and the next look makes them.
    guard let descriptor = try Integrity(site.store, db).open(original.sha256) else {
      return "The stored bytes have changed."
    }
    defer { close(descriptor) }
    do {
      let batch = PreviewBatch(site.store)
      try batch.add(try decoders.previews(descriptor, PreviewSize.sides), of: original.sha256)
      try batch.settle()
      return nil
    } catch let failure as DecodeFailure {
      return try failure.fault()
    }
  }

  /// Starts what nobody has started: pictures from before there were previews, or a job given up.
  static func wakeForgotten(_ db: Connection) throws {
    for forgotten in try PreviewQueries.forgotten(db) {
      try db.transaction { db in
        try wake(
          on: forgotten.project, of: forgotten.organization, by: forgotten.creator, db)
      }
    }
  }
}
