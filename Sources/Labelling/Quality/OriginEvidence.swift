/// The evidence of how a picture was made, and the resulting score.
///
/// There are three kinds of evidence, and the first that is present decides: the file's
/// declarations, the operator's detector, and weak signals. Declarations can be removed or forged,
/// and a missing one means nothing. Without evidence the score is the prior, never 0.
package struct OriginEvidence: Equatable, Sendable {
  /// The detector's result for a picture.
  package enum Detection: Equatable, Sendable {
    /// The calibrated probability that it was generated, 0…1, by the model of this name.
    case probability(Double, model: String)
    /// The detector failed, with the reason.
    case unavailable(String)
  }

  /// Bounds of a detector's probability, because every detector makes errors.
  private static let surest = 0.01...0.99
  private static let flagged = 0.5

  /// The probability that a model made the picture, above 0 and below 1.
  package let score: Double
  /// Stable words: at most one of `ai_metadata`, `ai_detector`, `ai_signal` and `ai_unknown`; then
  /// `c2pa_invalid` and `ai_detector_unavailable`.
  package let flags: [String]
  /// The deciding evidence: a statement as `field: value`, the model's name, or a sentence; nil
  /// when there was none.
  package let reason: String?
  /// The state of the C2PA manifest: `intact`, `broken: …` or `unchecked: …`; nil when there is no
  /// manifest.
  package let seal: String?
  /// The detector's result; nil when there is no detector.
  package let detection: Detection?

  /// Weighs the evidence.
  /// - Parameters:
  ///   - statements: the statements of the file.
  ///   - size: width and height in pixels; nil when unknown.
  ///   - detection: nil when the operator has no detector.
  ///   - prior: the expected share of generated pictures when nothing else is known.
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
