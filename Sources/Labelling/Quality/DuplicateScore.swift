internal import Glibc

/// How likely two pictures are copies of one another, from their perceptual fingerprints.
package enum DuplicateScore {
  /// The Hamming distance, of 256 bits, at which a pair is as likely a copy as not.
  ///
  /// Unrelated photographs of low texture begin to meet at 74 bits; recompressed and resized
  /// copies stay below 20.
  static let evenDistance = 48.0
  static let slope = 6.0
  /// Pairs that differ in more bits say nothing of one another.
  static let unrelatedDistance = 80
  /// Below this deviation of luma (0…127) a picture is too flat for its fingerprint to mean much.
  package static let leastTexture = 4.0

  /// The probability, 0…1, for two fingerprints that differ in `distance` bits.
  /// - Parameter texture: the lower deviation of luma of the two.
  package static func of(distance: Int, texture: Double) -> Double {
    guard texture >= leastTexture, distance <= unrelatedDistance else { return 0 }
    return 1 / (1 + exp((Double(distance) - evenDistance) / slope))
  }

  /// From here on a pair is flagged.
  package static let flagged = 0.5
}
