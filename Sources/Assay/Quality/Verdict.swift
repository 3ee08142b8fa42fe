internal import Labelling
internal import Vocabulary

/// The result of quality control for one item.
struct Verdict {
  let item: ID<Item>
  let origin: OriginEvidence
  let fault: String?
  let level: QualityLevel
  /// The findings of the level's checks; empty for a text.
  let findings: [QualityCheck.Finding]

  var flags: [String] { origin.flags + findings.filter(\.isFlagged).map(\.flag) }

  /// The evidence for the result.
  var evidence: Quality.Reasons {
    Quality.Reasons(origin: origin, fault: fault, level: level, findings: findings)
  }
}

extension Double {
  /// The value rounded to four decimal places, because more have no meaning.
  var measured: Double { (self * 10_000).rounded() / 10_000 }
}
