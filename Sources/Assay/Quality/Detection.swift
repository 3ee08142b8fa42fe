internal import Glibc
internal import HTTP
internal import Imaging
internal import Labelling
internal import Postgres
internal import Queue
internal import Site
internal import Storage
internal import Vocabulary

/// Runs the operator's detector, and combines its result with other evidence.
struct Detection {
  private let site: Site
  private let db: Connection

  init(_ site: Site, _ db: Connection) {
    self.site = site
    self.db = db
  }

  /// Runs the detector on pictures that it has not read; does nothing without a detector.
  func look(at items: [ID<Item>], _ lease: Lease) throws {
    guard case .ready(let detector) = site.detector() else { return }
    let (_, organization) = try lease.project()
    let decoders = site.decoders.session()
    for sha256 in try DetectionQueries.undetected(items, by: detector.identity, db) {
      try lease.beat()
      guard let descriptor = try Integrity(site.store, db).open(sha256) else { continue }
      defer { close(descriptor) }
      var (probability, fault): (Double?, String?) = (nil, nil)
      do {
        probability = try detector.read(descriptor, decoders).probability
      } catch let error as DecodeFailure {
        fault = try error.fault()
      } catch let error as DetectorError {
        fault = error.description
      }
      try DetectionQueries.record(
        sha256, of: organization, by: detector.identity, probability: probability,
        fault: fault, db)
    }
  }

  /// Returns the evidence for the origin of each item, given the statements in its metadata.
  func evidence(
    of statements: [ID<Item>: [Declared]]
  ) throws -> [ID<Item>: OriginEvidence] {
    let state = site.detector()
    let identity: String? = if case .ready(let detector) = state { detector.identity } else { nil }
    let looks = try DetectionQueries.looks(Array(statements.keys), by: identity, db)
    return Dictionary(
      uniqueKeysWithValues: statements.map { item, statements in
        let look = looks[item]
        let evidence = OriginEvidence(
          statements, size: look?.size, detection: look.flatMap { said(state, $0) },
          prior: site.config.aiPrior)
        return (item, evidence)
      })
  }

  private func said(_ state: Detector.State, _ look: DetectionQueries.Look)
    -> OriginEvidence.Detection?
  {
    guard look.size != nil else { return nil }
    switch state {
    case .off: return nil
    case .broken(let reason): return .unavailable(reason)
    case .ready(let detector):
      if let probability = look.probability {
        return .probability(probability, model: detector.name)
      }
      return look.fault.map { .unavailable($0) }
    }
  }
}

/// Statements of the decoder are judged unchanged.
extension Declared: OriginStatement {}
