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

  /// Whether this is to be said rather than another match of the same item.
  func isBetter(than match: Match?) -> Bool {
    guard let match, let theirs = match.other else { return true }
    guard score == match.score, let ours = other else { return score > match.score }
    return ours.bytes < theirs.bytes
  }

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

  /// The best match of each new item, and the matches it brings to the others.
  ///
  /// Equal scores go to the smaller id, so that the outcome is the same in whatever order items
  /// are looked at.
  static func match(
    _ items: Set<ID<Item>>, among candidates: [Candidate]
  ) -> (new: [ID<Item>: Match], raised: [ID<Item>: Match]) {
    var new: [ID<Item>: Match] = [:]
    var raised: [ID<Item>: Match] = [:]
    for one in candidates where items.contains(one.item) {
      for other in candidates where other.item != one.item {
        let match = of(one, other)
        guard match.score > 0 else { continue }
        if match.isBetter(than: new[one.item]) { new[one.item] = match }
        guard !items.contains(other.item) else { continue }
        let mirrored = Match(
          score: match.score, other: one.item, distance: match.distance, isExact: match.isExact)
        if mirrored.isBetter(than: raised[other.item]) { raised[other.item] = mirrored }
      }
    }
    return (new, raised)
  }
}
