internal import Cryptography
internal import Labelling
internal import Matching

/// Two pictures that are like one another, the smaller digest first: the same whichever of them
/// was there before.
struct Resemblance {
  let first: Digest
  let second: Digest
  /// The probability that one is a copy of the other, 0…1.
  let score: Double
  /// Bits in which the nearest fingerprints differ.
  let distance: Int
  let alignment: Alignment

  /// Lays the pictures upon one another; nil when they are too unlike to be kept.
  init?(_ first: Picture, _ second: Picture, _ suspicion: Suspicion) {
    guard let alignment = Alignment(first.luma, second.luma, suspicion) else { return nil }
    self.first = first.sha256
    self.second = second.sha256
    self.alignment = alignment
    distance = suspicion.distance
    score = DuplicateScore.of(
      distance: suspicion.distance, correlation: Double(alignment.correlation),
      detail: Double(alignment.detail))
    if score < DuplicateScore.kept { return nil }
  }

  /// What is laid upon another.
  struct Picture {
    let sha256: Digest
    let luma: [UInt8]
  }
}
