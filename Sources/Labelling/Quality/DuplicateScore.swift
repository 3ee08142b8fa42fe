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
  private static let leastDistance = 38
  /// Smaller residuals count as none: the copies of `.dev/accuracy` have them, too.
  private static let mostOfCopies = 6.0

  /// Fitted, and then changed so that more copies with a watermark or other colours reach `flagged`
  /// and no more strangers do: these copies agree in their blocks more than in their quarters.
  private static let coefficients = SIMD8(1.85, -0.18, 2, 8.4, -4.3, 0, 0, 0)

  /// The probability, 0…1.
  /// - Parameters:
  ///   - distance: number of bits, of 256, in which the nearest fingerprints differ.
  ///   - correlation: of the overlap, the mean of its quarters, -1…1.
  ///   - detail: the same mean for small blocks of the normalised pictures, -1…1.
  ///   - residual: the unexplained difference at one compact place, in levels of brightness.
  package static func of(distance: Int, correlation: Double, detail: Double, residual: Double)
    -> Double
  {
    let features = features(
      distance: distance, correlation: correlation, detail: detail, residual: residual)
    return min(most, 1 / (1 + exp(-(coefficients * features).sum())))
  }

  /// The number of features that are used.
  package static let features = 5

  /// The features that the coefficients multiply, and zeros.
  package static func features(
    distance: Int, correlation: Double, detail: Double, residual: Double
  ) -> SIMD8<Double> {
    SIMD8(
      1, Double(max(leastDistance, distance)), agreement(correlation), agreement(detail),
      max(0, residual - mostOfCopies), 0, 0, 0)
  }

  // Near 1 only the remainder to 1 differs. It is capped at .9, or two skies would count as copies.
  private static func agreement(_ correlation: Double) -> Double {
    -log(1.1 - min(1, max(-1, correlation)))
  }
}
