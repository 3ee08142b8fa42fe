internal import Cryptography
internal import Glibc
internal import Imaging
internal import Labelling
internal import Matching
internal import Postgres

/// Runs one chunk of quality control: inspects its pictures, then compares and records in one
/// transaction, so that a killed worker loses nothing and repeats nothing visible.
struct QualityJob {
  static let kind = "qc"
  /// A picture over which its decoder dies or hangs so often is corrupt.
  static let mostDecodes = 3

  private let site: Site
  private let db: Connection
  private let gallery: Gallery
  private let decoders: DecoderSession

  init(_ site: Site, _ db: Connection, _ gallery: Gallery) {
    self.site = site
    self.db = db
    self.gallery = gallery
    decoders = site.decoders.session()
  }

  func run(_ chunk: Chunk) throws {
    try inspect(chunk)
    try Detection(site, db).look(at: chunk)
    try db.transaction { db in
      try InspectionQueries.lockComparison(chunk.organization, db)
      try record(chunk, db)
      try finish(chunk, db)
    }
  }

  /// Splits a chunk that makes workers die or fail: each picture becomes a chunk of its own, and a
  /// single picture is recorded as corrupt.
  ///
  /// The next run inspects a picture again that made them fail: a later version may read it.
  func isolate(_ chunk: Chunk, because fault: String) throws {
    try db.transaction { db in
      guard chunk.items.count == 1 else {
        guard try IsolationQueries.split(chunk, db) else { throw LeaseLost() }
        return
      }
      try InspectionQueries.lockComparison(chunk.organization, db)
      try IsolationQueries.condemn(
        chunk.items, of: chunk.organization, fault: fault, isFinal: fault == Chunk.deadly, db)
      try record(chunk, db)
      try finish(chunk, db)
    }
  }

  private func finish(_ chunk: Chunk, _ db: Connection) throws {
    guard try JobQueries.finish(chunk, "completed", db) else { throw LeaseLost() }
    try JobQueries.closeIfDone(chunk.job, db)
  }

  private func inspect(_ chunk: Chunk) throws {
    for sha256 in try InspectionQueries.uninspected(chunk.items, db) {
      guard try JobQueries.heartbeat(chunk, db) else { throw LeaseLost() }
      // Damaged bytes stay uninspected until somebody sends them again; their items show it.
      guard let descriptor = try Integrity(site.store, db).open(sha256) else { continue }
      defer { close(descriptor) }
      let found: Inspection
      do throws(DecodeFailure) {
        found = try inspect(descriptor)
      } catch {
        // One poisoned file never stops the rest.
        try InspectionQueries.record(sha256, of: chunk.organization, fault: try error.fault(), db)
        continue
      }
      // All plain pictures are alike, and copies of nothing.
      if !found.likeness.isPlain {
        try LikenessQueries.insert(found.likeness, of: sha256, in: chunk.organization, db)
      }
      try InspectionQueries.record(sha256, of: chunk.organization, found, db)
    }
  }

  /// Decoders also die of what is no fault of a picture's: it has several chances.
  private func inspect(_ descriptor: Int32) throws(DecodeFailure) -> Inspection {
    for _ in 1..<Self.mostDecodes {
      do throws(DecodeFailure) {
        return try decoders.inspect(descriptor)
      } catch {
        guard error == .crashed || error == .timedOut else { throw error }
      }
    }
    return try decoders.inspect(descriptor)
  }

  private func record(_ chunk: Chunk, _ db: Connection) throws {
    try gallery.refresh(db)
    let statements = try InspectionQueries.statements(chunk.items, db)
    let origins = try Detection(site, db).evidence(of: statements.mapValues(\.declared))
    let level = try InspectionQueries.level(of: chunk.job, db)
    for item in chunk.items {
      guard let statement = statements[item], let origin = origins[item] else { continue }
      let verdict = Verdict(
        item: item, origin: origin, fault: statement.fault, level: level,
        findings: statement.measured.map {
          QualityCheck.findings($0, level, site.config.thresholds)
        } ?? [])
      try InspectionQueries.record(verdict, in: chunk.project, of: chunk.organization, db)
    }
    let touched = try compare(chunk, db).union(statements.values.map(\.sha256))
    try InspectionQueries.settle(Array(touched), in: chunk.organization, db)
    try InspectionQueries.markReady(chunk.items, db)
  }

  /// Keeps what is like the chunk's new pictures; the digests of both.
  private func compare(_ chunk: Chunk, _ db: Connection) throws -> Set<Digest> {
    let fresh = try LikenessQueries.fresh(chunk.items, db)
    var comparison = Comparison(fresh, with: gallery)
    let found = try comparison.resemblances(db)
    for pair in found { try LikenessQueries.insert(pair, in: chunk.organization, db) }
    for (place, one) in fresh.enumerated() {
      let bands = place < gallery.room ? nil : Bands.keys(of: one.likeness.whole)
      try LikenessQueries.number(one.sha256, bands: bands, in: chunk.organization, db)
    }
    return Set(found.flatMap { [$0.first, $0.second] })
  }
}
