internal import HTTP
internal import Imaging
internal import Labelling

/// An inspected item that others are compared with.
struct Candidate {
  let item: ID<Item>
  let project: ID<Project>
  let sha256: [UInt8]
  let fingerprint: Fingerprint?
  let texture: Double
}

/// How like a copy of another an item is.
struct Match {
  let score: Double
  /// The closest other item; nil when nothing is near.
  let other: ID<Item>?
  /// Bits in which the fingerprints differ; 0 for equal bytes.
  let distance: Int
  let isExact: Bool

  /// No other item is near.
  static let none = Match(score: 0, other: nil, distance: 256, isExact: false)

  /// The stable word for this match; nil when it is too weak for one.
  var flag: String? {
    if isExact { return "exact_duplicate" }
    return score >= DuplicateScore.flagged ? "near_duplicate" : nil
  }

  /// `{"duplicate": {…}}`, kept for those who ask why.
  var evidence: String {
    var writer = JSONWriter()
    writer.object { evidence in
      evidence.key("duplicate")
      evidence.object {
        $0.member("image_id", other)
        $0.member("distance", distance)
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

/// Compares items by equal bytes and by fingerprint.
enum Comparison {
  /// The match of two items, the same from either side.
  static func of(_ one: Candidate, _ other: Candidate) -> Match {
    if one.sha256 == other.sha256 {
      return Match(score: 1, other: other.item, distance: 0, isExact: true)
    }
    guard let left = one.fingerprint, let right = other.fingerprint else { return .none }
    let distance = left.distance(to: right)
    let score = DuplicateScore.of(distance: distance, texture: min(one.texture, other.texture))
    return Match(score: score, other: other.item, distance: distance, isExact: false)
  }

  /// The best match of each new item, and the better matches it brings to the others.
  static func match(
    _ items: Set<ID<Item>>, among candidates: [Candidate]
  ) -> (new: [ID<Item>: Match], raised: [ID<Item>: Match]) {
    var new: [ID<Item>: Match] = [:]
    var raised: [ID<Item>: Match] = [:]
    for one in candidates where items.contains(one.item) {
      for other in candidates where other.item != one.item {
        let match = of(one, other)
        guard match.other != nil else { continue }
        if match.score > new[one.item, default: .none].score { new[one.item] = match }
        guard !items.contains(other.item), match.score >= DuplicateScore.flagged else { continue }
        if match.score > raised[other.item, default: .none].score {
          raised[other.item] = Match(
            score: match.score, other: one.item, distance: match.distance, isExact: match.isExact)
        }
      }
    }
    return (new, raised)
  }
}
