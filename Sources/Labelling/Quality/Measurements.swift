/// The measurements that a picture is judged by; nil means not measured.
package struct Measurements: Equatable, Sendable {
  /// Whether the picture cannot be decoded.
  package var isCorrupt = false
  /// Width in pixels, after orientation.
  package var width: Int
  /// Height in pixels, after orientation.
  package var height: Int
  /// Number of stored rows of pixels; nil for formats in which none can be missing.
  package var rows: Int?
  /// Number of these rows without data, whole or in part.
  package var missingRows: Int?
  /// Number of frames or pages.
  package var frames: Int?
  /// Whether the metadata has a position.
  package var hasPosition: Bool?
  /// Sharpness from 0; nil also when the picture has too little detail.
  package var sharpness: Double?
  /// The luma that 5 % of the pixels do not exceed, 0…1.
  package var shadow: Double?
  /// The luma that 99 % of the pixels do not exceed, 0…1.
  package var highlight: Double?
  /// Entropy of luma, 0…8 bits.
  package var entropy: Double?
  /// The chroma that 99 % of the pixels do not exceed, 0…16; greater values become 16.
  package var colour: Double?

  /// Measurements of a picture with only its size known.
  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }
}
