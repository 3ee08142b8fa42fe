internal import HTTP
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

  var evidence: String {
    var writer = JSONWriter()
    writer.object { evidence in
      evidence.key("ai_generated")
      origin.write(to: &evidence)
      evidence.member("corrupt", fault)
      evidence.member("level", level.rawValue)
      evidence.key("quality")
      evidence.object { quality in
        for finding in findings {
          quality.key(dynamic: finding.flag)
          quality.object {
            $0.member("value", finding.value.measured)
            $0.member("threshold", finding.threshold)
            if let whole = finding.whole { $0.member("of", whole) }
          }
        }
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension Double {
  /// To four places: more figures than mean anything are only in the way of who reads them.
  var measured: Double { (self * 10_000).rounded() / 10_000 }
}
