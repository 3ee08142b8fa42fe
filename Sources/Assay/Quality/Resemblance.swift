internal import Cryptography
internal import Labelling
internal import Matching

/// Two similar pictures, ordered by digest, so that the order of arrival does not matter.
struct Resemblance {
  let first: Digest
  let second: Digest
  /// The probability that one is a copy of the other, 0…1.
  let score: Double
  /// The number of different bits between the nearest fingerprints.
  let distance: Int
  let alignment: Alignment

  /// Aligns the pictures; nil when they are too different to be recorded.
  init?(_ first: Picture, _ second: Picture, _ suspicion: Suspicion) {
    guard let alignment = Alignment(first.luma, second.luma, suspicion) else { return nil }
    self.first = first.sha256
    self.second = second.sha256
    self.alignment = alignment
    distance = suspicion.distance
    score = DuplicateScore.of(
      distance: suspicion.distance, correlation: Double(alignment.correlation),
      detail: Double(alignment.detail), residual: Double(alignment.residual))
    if score < DuplicateScore.kept { return nil }
  }

  /// A picture to be aligned.
  struct Picture {
    let sha256: Digest
    let luma: [UInt8]
  }
}
