internal import Glibc
internal import HTTP
internal import Imaging
internal import Labelling
internal import Postgres

/// What quality control says of one item.
struct Verdict {
  let item: ID<Item>
  let duplicate: Match
  let origin: OriginEvidence
  let fault: String?

  var flags: [String] {
    [duplicate.flag, origin.flag, fault.map { _ in "corrupt" }].compactMap(\.self)
  }

  var evidence: String {
    var writer = JSONWriter()
    writer.object { evidence in
      evidence.key("duplicate")
      evidence.object {
        $0.member("image_id", duplicate.other)
        $0.member("distance", duplicate.distance)
      }
      evidence.member("ai_generated", origin.reason)
      evidence.member("corrupt", fault)
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

/// Runs one chunk of quality control: inspects its pictures, then compares and records in one
/// transaction, so that a killed worker loses nothing and repeats nothing visible.
struct QualityJob {
  static let kind = "qc"

  private let site: Site
  private let db: Connection

  init(_ site: Site, _ db: Connection) {
    self.site = site
    self.db = db
  }

  func run(_ chunk: Chunk) throws {
    try inspect(chunk)
    try db.transaction { db in
      try InspectionQueries.lockComparison(chunk.organization, db)
      try record(chunk, db)
      guard try JobQueries.finish(chunk, "completed", db) else { throw LeaseLost() }
      try JobQueries.closeIfDone(chunk.job, db)
    }
  }

  private func inspect(_ chunk: Chunk) throws {
    for blob in try InspectionQueries.uninspected(chunk.items, db) {
      guard try JobQueries.heartbeat(chunk, db) else { throw LeaseLost() }
      // Damaged bytes stay uninspected until somebody sends them again; their items show it.
      guard let descriptor = try Integrity(site.store, db).open(blob.sha256) else { continue }
      defer { close(descriptor) }
      let found: Inspection
      do throws(DecodeFailure) {
        found = try site.decoders.inspect(descriptor)
      } catch {
        // One poisoned file never stops the rest.
        try InspectionQueries.record(
          blob.sha256, of: chunk.organization, fault: try error.fault(), db)
        continue
      }
      try InspectionQueries.record(
        blob.sha256, of: chunk.organization, fingerprint: found.fingerprint.bytes,
        texture: found.texture, declared: Self.json(found.declared), db)
    }
  }

  private static func json(_ statements: [Declared]) -> String {
    var writer = JSONWriter()
    writer.array(statements) { statement, writer in
      writer.object {
        $0.member("field", statement.field)
        $0.member("value", statement.value)
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func record(_ chunk: Chunk, _ db: Connection) throws {
    let candidates = try InspectionQueries.candidates(chunk, db)
    let statements = try InspectionQueries.statements(chunk.items, db)
    let matches = Comparison.match(Set(chunk.items), among: candidates)
    for item in chunk.items {
      guard let (declared, fault) = statements[item] else { continue }
      let verdict = Verdict(
        item: item, duplicate: matches.new[item, default: .none],
        origin: OriginEvidence(try Self.statements(declared), prior: site.config.aiPrior),
        fault: fault)
      try InspectionQueries.record(verdict, in: chunk.project, of: chunk.organization, db)
    }
    for (item, match) in matches.raised.sorted(by: { $0.key.bytes < $1.key.bytes }) {
      try InspectionQueries.raise(item, match, db)
    }
    try InspectionQueries.markReady(chunk.items, db)
  }

  /// Reads `[{field, value}]` back.
  private static func statements(_ json: String?) throws -> [(field: String, value: String)] {
    guard let json, case .array(let rows) = try JSON(parsing: Array(json.utf8)) else { return [] }
    return rows.compactMap { row in
      guard case .object(let row) = row, case .string(let field)? = row["field"],
        case .string(let value)? = row["value"]
      else { return nil }
      return (field, value)
    }
  }
}
