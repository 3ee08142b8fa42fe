package import Imaging

/// The evidence from fingerprints that two pictures may be copies.
///
/// It does not depend on which of the two was the query.
package struct Suspicion: Sendable, Equatable {
  /// The smallest distance, in bits.
  package let distance: Int
  /// The orientation of the second picture relative to the first, 1…8 as in EXIF; nil when none is
  /// near.
  package let orientation: Int?
  /// The window of the first picture that is similar to the whole second picture.
  package let partOfFirst: Int?
  /// The window of the second picture that is similar to the whole first picture.
  package let partOfSecond: Int?
  /// Whether a patch of both is similar although the whole pictures are not.
  package let patch: Bool

  /// Combines the results of the search; nil when nothing is near.
  package init?(
    _ first: Fingerprint, _ second: Fingerprint, partOfFirst: Sight?, partOfSecond: Sight?,
    patch: Int?
  ) {
    let turns = (1...8).map { (turn: $0, distance: first.distance(to: second.turned(by: $0))) }
    let best = turns.min { $0.distance < $1.distance }
    let nearest = best.flatMap { $0.distance <= WholePlanes.mostDistance ? $0 : nil }
    let distances = [nearest?.distance, partOfFirst?.distance, partOfSecond?.distance, patch]
    guard let least = distances.compactMap(\.self).min() else { return nil }
    distance = least
    self.patch = patch != nil
    orientation = nearest?.turn
    self.partOfFirst = partOfFirst?.probe
    self.partOfSecond = partOfSecond?.probe
  }
}
