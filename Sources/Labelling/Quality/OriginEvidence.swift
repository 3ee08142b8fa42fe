/// What is known of how a picture was made, and how sure that makes us.
///
/// Three kinds of evidence, the first that speaks decides: what the file declares, what the
/// operator's detector sees, what is only usual for generated pictures. Declarations can be stripped
/// or forged; a missing one says nothing. With no evidence the score is the prior, never 0.
package struct OriginEvidence: Equatable, Sendable {
  /// What the operator's detector says of a picture.
  package enum Detection: Equatable, Sendable {
    /// The calibrated probability that it was generated, 0…1, by the model of this name.
    case probability(Double, model: String)
    /// It could not be asked; why.
    case unavailable(String)
  }

  /// No detector is right more often than this, nor wrong.
  private static let surest = 0.01...0.99
  private static let flagged = 0.5

  /// 0…1, neither of them reached.
  package let score: Double
  /// Stable words: at most one of `ai_metadata`, `ai_detector`, `ai_signal` and `ai_unknown`; then
  /// `c2pa_invalid` and `ai_detector_unavailable`.
  package let flags: [String]
  /// What decided: a statement as `field: value`, the model's name, or a sentence; nil when nothing
  /// did.
  package let reason: String?
  /// Whether the C2PA manifest is as it was signed: `intact`, `broken: …` or `unchecked: …`; nil
  /// without one.
  package let seal: String?
  /// What the detector said; nil when there is none.
  package let detection: Detection?

  /// Weighs the evidence.
  /// - Parameters:
  ///   - statements: the statements of the file.
  ///   - size: width and height in pixels; nil when unknown.
  ///   - detection: nil when the operator has no detector.
  ///   - prior: the share of generated pictures to expect when nothing is known.
  package init(
    _ statements: [some OriginStatement], size: (width: Int, height: Int)? = nil,
    detection: Detection? = nil, prior: Double
  ) {
    let seal = statements.first { $0.field == "c2pa" }?.value
    let signal = size.flatMap { OriginSignal.generatorSize(statements, $0.width, $0.height) }
    let decided: (score: Double, flag: String?, reason: String?)
    if let declared = DeclaredOrigin.strongest(of: statements) {
      decided = (declared.score, "ai_metadata", declared.reason)
    } else if case .probability(let probability, let model) = detection {
      let score = min(max(probability, Self.surest.lowerBound), Self.surest.upperBound)
      decided = score >= Self.flagged ? (score, "ai_detector", model) : (score, nil, model)
    } else if let signal {
      decided = (OriginSignal.raised(prior), "ai_signal", signal)
    } else {
      decided = (prior, "ai_unknown", nil)
    }
    (score, reason) = (decided.score, decided.reason)
    var flags = [decided.flag].compactMap(\.self)
    if seal.flatMap(Seal.init(statement:)) == .broken { flags.append("c2pa_invalid") }
    if case .unavailable = detection { flags.append("ai_detector_unavailable") }
    self.flags = flags
    (self.seal, self.detection) = (seal, detection)
  }

  /// The state of a C2PA manifest, the first word of its statement.
  private enum Seal: String {
    case intact, broken, unchecked

    init?(statement: String) {
      self.init(rawValue: String(statement.prefix { $0 != ":" }))
    }
  }
}
