package import Imaging

/// What speaks for two pictures being copies of one another, by their fingerprints alone.
///
/// The same whichever of the two was looked for and whichever was found.
package struct Suspicion: Sendable, Equatable {
  /// The least distance of all, in bits.
  package let distance: Int
  /// How the second must be turned, 1…8 as in EXIF, to be like the first; nil when none is near.
  package let orientation: Int?
  /// The window of the first that all of the second is like.
  package let partOfFirst: Int?
  /// The window of the second that all of the first is like.
  package let partOfSecond: Int?
  /// Whether a patch of both is alike where the whole is not.
  package let patch: Bool

  /// Puts together what the search saw; nil when nothing is near.
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
