internal import Glibc

/// How likely two pictures are copies of one another, from how near their fingerprints are and how
/// well they lie upon one another.
///
/// A logistic regression over the pairs that the search suspects, on 280 parts of 54 photographs
/// with 15 copies of each, which `.dev/accuracy` makes and measures.
package enum DuplicateScore {
  /// From here on a pair is flagged.
  package static let flagged = 0.5
  /// Pairs below are not kept.
  package static let kept = 0.05

  /// Only equal bytes are certain.
  private static let most = 0.9999
  /// Nearer fingerprints say no more: a caption alone brings plain pictures so near.
  private static let leastDistance = 40

  private static let coefficients = SIMD4(0.692, -0.16618, 2.735, 6.9)

  /// The probability, 0…1.
  /// - Parameters:
  ///   - distance: the bits, of 256, in which the nearest fingerprints differ.
  ///   - correlation: of what lies upon one another, the mean within its quarters, -1…1.
  ///   - detail: the mean of the same within small blocks of the pictures evened out, -1…1.
  package static func of(distance: Int, correlation: Double, detail: Double) -> Double {
    let sum =
      (coefficients * features(distance: distance, correlation: correlation, detail: detail)).sum()
    return min(most, 1 / (1 + exp(-sum)))
  }

  /// What the coefficients weigh.
  package static func features(distance: Int, correlation: Double, detail: Double)
    -> SIMD4<Double>
  { SIMD4(1, Double(max(leastDistance, distance)), agreement(correlation), agreement(detail)) }

  // Near 1 it is the rest that tells; but not beyond .9, or two skies alike would be copies.
  private static func agreement(_ correlation: Double) -> Double {
    -log(1.1 - min(1, max(-1, correlation)))
  }
}
