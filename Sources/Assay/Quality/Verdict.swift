internal import Labelling

/// What quality control says of one item.
struct Verdict {
  let item: ID<Item>
  let origin: OriginEvidence
  let fault: String?
  let level: QualityLevel
  /// What the checks of the level found; none of a text.
  let findings: [QualityCheck.Finding]

  var flags: [String] { origin.flags + findings.filter(\.isFlagged).map(\.flag) }

  /// The evidence for it.
  var evidence: Quality.Reasons {
    Quality.Reasons(origin: origin, fault: fault, level: level, findings: findings)
  }
}

extension Double {
  /// To four places: more figures than mean anything are only in the way of who reads them.
  var measured: Double { (self * 10_000).rounded() / 10_000 }
}
