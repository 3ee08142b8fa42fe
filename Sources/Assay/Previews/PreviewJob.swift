internal import Cryptography
internal import Glibc
internal import Imaging
internal import Logging
internal import Postgres
internal import Queue
internal import Site
internal import Storage
internal import Vocabulary

/// Makes the previews that uploads of a project did not make, a few per chunk.
///
/// Each picture is recorded when its files are durable, so the successor of a killed worker
/// continues with the next picture.
struct PreviewJob: JobKind {
  static let name = "previews"
  static let lane = Lane.pictures
  static let start = JobStart.standing
  /// The number of pictures per chunk.
  static let batch = 8
  /// The most pictures that are skipped because their files cannot be read.
  private static let mostSkipped = 100

  private let site: Site

  init(_ site: Site) { self.site = site }

  /// Opens a job for the pictures of a project, unless one is open.
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
      Hex.encode($0)
    } do: {
      try finish($0, of: organization, decoders, lease)
    } condemn: {
      try PreviewQueries.record(
        $0, of: organization, fault: JobFault.failing.sentence, lease.db)
    }
  }

  func record(_ payload: NoPayload, _ lease: Lease) throws -> Bool {
    try !waiting(lease, limit: 1).isEmpty
  }

  /// Records a fault for the picture that made workers die.
  func condemn(
    _ payload: NoPayload, part: String?, because fault: JobFault, _ lease: Lease
  ) throws {
    guard let sha256 = part.flatMap({ Digest(hex: $0) }) else { throw CannotCondemn() }
    let (_, organization) = try lease.project()
    try PreviewQueries.record(sha256, of: organization, fault: fault.sentence, lease.db)
  }

  /// Makes and records the previews of one picture, or records the reason why it has none.
  private func finish(
    _ sha256: Digest, of organization: ID<Organization>,
    _ decoders: DecoderSession, _ lease: Lease
  ) throws {
    let fault = try make(sha256, decoders, lease.db)
    if let fault {
      lease.log.warning("preview not made", metadata: ["blob": "\(sha256)", "fault": "\(fault)"])
    }
    try PreviewQueries.record(sha256, of: organization, fault: fault, lease.db)
  }

  private func waiting(_ lease: Lease, limit: Int) throws -> [Digest] {
    let (project, organization) = try lease.project()
    return try PreviewQueries.waiting(in: project, of: organization, limit: limit, lease.db)
  }

  /// Makes the previews of a picture, unless another organization has them already.
  /// - Returns: the reason why they cannot be made; nil when they are stored.
  /// - Throws: errors that the picture did not cause; the chunk is retried later.
  private func make(
    _ sha256: Digest, _ decoders: DecoderSession, _ db: Connection
  ) throws -> String? {
    guard !site.store.hasPreviews(of: sha256) else { return nil }
    guard site.store.size(of: sha256) != nil else { return "The stored file is missing." }
    // A repaired blob loses this fault, and the next run makes its previews.
    guard let descriptor = try Integrity(site.store, db).open(sha256) else {
      return "The stored bytes have changed."
    }
    defer { close(descriptor) }
    do {
      let batch = PreviewBatch(site.store)
      try batch.add(try decoders.previews(descriptor, PreviewSize.sides), of: sha256)
      try batch.settle()
      return nil
    } catch let failure as DecodeFailure {
      return try failure.fault()
    }
  }

  /// Opens jobs for projects whose pictures wait for previews without an open job.
  static func wakeForgotten(_ db: Connection) throws {
    for forgotten in try PreviewQueries.forgotten(db) {
      try db.transaction { db in
        try wake(
          on: forgotten.project, of: forgotten.organization, by: forgotten.creator, db)
      }
    }
  }
}
