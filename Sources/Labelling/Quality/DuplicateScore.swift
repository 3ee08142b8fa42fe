internal import Glibc

/// How likely two pictures are copies of one another, from how near their fingerprints are and how
/// well they lie upon one another.
///
/// A logistic regression over the pairs that the search suspects, on 308 parts of 34 photographs
/// with 15 copies of each, which `Tests/Accuracy` makes and measures.
package enum DuplicateScore {
  /// From here on a pair is flagged.
  package static let flagged = 0.5
  /// Pairs below are not kept.
  package static let kept = 0.05

  /// Only equal bytes are certain.
  private static let most = 0.9999
  /// Below this the pictures do not lie upon one another at all.
  private static let leastCorrelation = 0.3

  private static let coefficients = SIMD4(4.52, -0.14555, 1.744, 6.794)

  /// The probability, 0…1.
  /// - Parameters:
  ///   - distance: the bits, of 256, in which the nearest fingerprints differ.
  ///   - correlation: of all that lies upon one another, -1…1.
  ///   - detail: the median of the same within small blocks, -1…1.
  package static func of(distance: Int, correlation: Double, detail: Double) -> Double {
    guard correlation >= leastCorrelation else { return 0 }
    let sum =
      (coefficients * features(distance: distance, correlation: correlation, detail: detail)).sum()
    return min(most, 1 / (1 + exp(-sum)))
  }

  /// What the coefficients weigh.
  package static func features(distance: Int, correlation: Double, detail: Double)
    -> SIMD4<Double>
  { SIMD4(1, Double(distance), agreement(correlation), agreement(detail)) }

  // Near 1 it is the rest that tells: .99 and .98 are as far apart as .8 and .6.
  private static func agreement(_ correlation: Double) -> Double {
    -log(1.02 - min(1, max(-1, correlation)))
  }
}
