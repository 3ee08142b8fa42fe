internal import Cryptography
internal import Glibc
internal import HTTP
internal import Imaging
internal import Labelling
internal import Matching
internal import Postgres
internal import Queue
internal import Site
internal import Storage
internal import Vocabulary

/// The job of quality control.
///
/// It inspects the pictures of a chunk, then compares them and records the results in one
/// transaction.
final class QualityJob: JobKind {
  static let name = "qc"
  static let lane = Lane.pictures
  static let isAwaited = true
  /// The number of pictures per chunk, which is also the step of the progress.
  static let itemsPerChunk = 8
  /// The number of decoder crashes or timeouts after which a picture is corrupt.
  private static let mostDecodes = 3

  /// The items of a chunk.
  struct Payload: JobPayload {
    let items: [ID<Item>]
    let level: QualityLevel
  }

  private let site: Site
  private var gallery: Gallery?

  init(_ site: Site) { self.site = site }

  /// Starts a run over a project's items.
  /// - Returns: nil when a run is open.
  static func start(
    on project: ID<Project>, of organization: ID<Organization>, by account: ID<Account>,
    level: QualityLevel, _ db: Connection
  ) throws -> UUIDBytes? {
    try JobQueries.start(
      Self.self, key: "\(project)", for: JobOwner(project, of: organization, by: account),
      chunks: QualityQueries.chunks(of: project, size: itemsPerChunk, level), db)
  }

  func prepare(_ payload: Payload, _ lease: Lease) throws {
    try inspect(payload, lease)
    try Detection(site, lease.db).look(at: payload.items, lease)
  }

  /// Records a failing picture as a fault; the next run inspects it again, unless workers died.
  func condemn(
    _ payload: Payload, part: String?, because fault: JobFault, _ lease: Lease
  ) throws {
    let (_, organization) = try lease.project()
    try InspectionQueries.lockComparison(organization, lease.db)
    try IsolationQueries.condemn(payload.items, of: organization, because: fault, lease.db)
  }

  /// Returns the gallery of the organization; only the last one used stays in memory.
  private func gallery(of organization: ID<Organization>) -> Gallery {
    if let gallery, gallery.organization == organization { return gallery }
    let other = Gallery(of: organization, most: site.config.comparedInMemory)
    gallery = other
    return other
  }

  private func inspect(_ payload: Payload, _ lease: Lease) throws {
    let db = lease.db
    let (_, organization) = try lease.project()
    let decoders = site.decoders.session()
    for sha256 in try InspectionQueries.uninspected(payload.items, db) {
      try lease.beat()
      // Damaged bytes stay uninspected until they are uploaded again; their items show the damage.
      guard let descriptor = try Integrity(site.store, db).open(sha256) else { continue }
      defer { close(descriptor) }
      let found: Inspection
      do throws(DecodeFailure) {
        found = try inspect(descriptor, decoders)
      } catch {
        // One bad file does not stop the others.
        try InspectionQueries.record(sha256, of: organization, fault: try error.fault(), db)
        continue
      }
      try InspectionQueries.record(sha256, of: organization, found, db)
    }
  }

  /// Inspects a picture, and tries again when the decoder crashes or times out.
  private func inspect(
    _ descriptor: Int32, _ decoders: DecoderSession
  ) throws(DecodeFailure) -> Inspection {
    for _ in 1..<Self.mostDecodes {
      do throws(DecodeFailure) {
        return try decoders.inspect(descriptor)
      } catch {
        guard error == .crashed || error == .timedOut else { throw error }
      }
    }
    return try decoders.inspect(descriptor)
  }

  func record(_ payload: Payload, _ lease: Lease) throws -> Bool {
    let db = lease.db
    let (project, organization) = try lease.project()
    try InspectionQueries.lockComparison(organization, db)
    let gallery = gallery(of: organization)
    try gallery.refresh(db)
    let statements = try InspectionQueries.statements(payload.items, db)
    let origins = try Detection(site, db).evidence(of: statements.mapValues(\.declared))
    for item in payload.items {
      guard let statement = statements[item], let origin = origins[item] else { continue }
      let verdict = Verdict(
        item: item, origin: origin, fault: statement.fault, level: payload.level,
        findings: statement.measured.map {
          QualityCheck.findings($0, payload.level, site.config.thresholds)
        } ?? [])
      try InspectionQueries.record(verdict, in: project, of: organization, db)
    }
    let touched = try compare(payload.items, with: gallery, db).union(
      statements.values.map(\.sha256))
    try InspectionQueries.settle(Array(touched), in: organization, db)
    try InspectionQueries.markReady(payload.items, db)
    return false
  }

  /// Records the resemblances of the chunk's new pictures; returns the digests of both sides.
  private func compare(
    _ items: [ID<Item>], with gallery: Gallery, _ db: Connection
  ) throws -> Set<Digest> {
    let fresh = try LikenessQueries.fresh(items, db)
    var comparison = Comparison(fresh, with: gallery)
    let found = try comparison.resemblances(db)
    let organization = gallery.organization
    for pair in found { try LikenessQueries.insert(pair, in: organization, db) }
    for (place, one) in fresh.enumerated() {
      let bands = place < gallery.room ? nil : Bands.keys(of: one.likeness.whole)
      try LikenessQueries.number(one.sha256, bands: bands, in: organization, db)
    }
    return Set(found.flatMap { [$0.first, $0.second] })
  }
}

extension QualityJob.Payload {
  /// Parses the payload; jobs of earlier versions may have no level.
  init(json: String) throws {
    guard case .object(let members) = try JSON(reading: Array(json.utf8)),
      case .array(let items)? = members["items"]
    else { throw Unreadable() }
    self.items = try items.map { item in
      guard case .string(let text) = item, let id = ID<Item>(text) else { throw Unreadable() }
      return id
    }
    guard case .string(let word)? = members["level"] else {
      level = .standard
      return
    }
    level = QualityLevel(rawValue: word) ?? .standard
  }

  var json: String {
    var writer = JSONWriter()
    writer.object {
      $0.key("items")
      items.write(to: &$0)
      $0.member("level", level.rawValue)
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  var parts: [Self] { items.map { Self(items: [$0], level: level) } }

  private struct Unreadable: Error {}
}
