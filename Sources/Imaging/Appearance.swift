/// Measures of a picture's pixels, taken (except the colour) from its likeness's `luma`: upright,
/// without its border, and at the same size for all pictures.
package struct Appearance: Sendable, Equatable {
  /// The maximum value of `colour`.
  package static let mostColour = 16.0
  static let mostSharpness = 10.0

  /// The strength of the finest detail relative to coarser detail, where the picture is sharpest.
  ///
  /// From 0, about 2 in a sharp photograph; nil when the picture has too little contrast.
  package let sharpness: Double?
  /// The luma that 5 % of the pixels do not exceed, 0…1.
  package let shadow: Double
  /// The luma that 99 % of the pixels do not exceed, 0…1.
  package let highlight: Double
  /// The entropy of luma's 256 levels, 0…8 bits.
  package let entropy: Double
  /// The distance of Cb or Cr from gray in all but 1 % of the pixels, at most `mostColour`.
  package let colour: Double

  /// One picture's measures.
  package init(
    sharpness: Double?, shadow: Double, highlight: Double, entropy: Double, colour: Double
  ) {
    self.sharpness = sharpness
    self.shadow = shadow
    self.highlight = highlight
    self.entropy = entropy
    self.colour = colour
  }
}
