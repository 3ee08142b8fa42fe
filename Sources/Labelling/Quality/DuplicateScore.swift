internal import Glibc

/// The probability that two pictures are copies, from the distance of their fingerprints and the
/// correlation of their pixels after alignment.
///
/// A logistic regression over the pairs that the search finds, on 280 parts of 54 photographs with
/// 15 copies of each; `.dev/accuracy` makes the pictures and measures the result.
package enum DuplicateScore {
  /// Pairs with this probability or a higher one are flagged.
  package static let flagged = 0.5
  /// Pairs below this probability are not stored.
  package static let kept = 0.05

  /// The maximum, because only equal bytes are certain.
  private static let most = 0.9999
  /// Smaller distances count as this one: a caption alone brings plain pictures so near.
  private static let leastDistance = 40

  private static let coefficients = SIMD4(0.692, -0.16618, 2.735, 6.9)

  /// The probability, 0…1.
  /// - Parameters:
  ///   - distance: number of bits, of 256, in which the nearest fingerprints differ.
  ///   - correlation: of the overlap, the mean of its quarters, -1…1.
  ///   - detail: the same mean for small blocks of the normalised pictures, -1…1.
  package static func of(distance: Int, correlation: Double, detail: Double) -> Double {
    let sum =
      (coefficients * features(distance: distance, correlation: correlation, detail: detail)).sum()
    return min(most, 1 / (1 + exp(-sum)))
  }

  /// The features that the coefficients multiply.
  package static func features(distance: Int, correlation: Double, detail: Double)
    -> SIMD4<Double>
  { SIMD4(1, Double(max(leastDistance, distance)), agreement(correlation), agreement(detail)) }

  // Near 1 only the remainder to 1 differs. It is capped at .9, or two skies would count as copies.
  private static func agreement(_ correlation: Double) -> Double {
    -log(1.1 - min(1, max(-1, correlation)))
  }
}
