/// What is known of a picture when it is judged; nil is what was not measured.
package struct Measurements: Equatable, Sendable {
  /// Whether the picture cannot be decoded.
  package var isCorrupt = false
  /// Pixels across, upright.
  package var width: Int
  /// Pixels down, upright.
  package var height: Int
  /// Rows of pixels as the file stores them; nil where none can be missing.
  package var rows: Int?
  /// Those of them without data, whole or in part.
  package var missingRows: Int?
  /// Frames or pages.
  package var frames: Int?
  /// Whether the metadata says where it was taken.
  package var hasPosition: Bool?
  /// From 0; nil also where there is too little to see.
  package var sharpness: Double?
  /// The luma that 5 % of the pixels do not exceed, 0…1.
  package var shadow: Double?
  /// The luma that 99 % of the pixels do not exceed, 0…1.
  package var highlight: Double?
  /// Of luma, 0…8 bits.
  package var entropy: Double?
  /// The chroma that 99 % of the pixels do not exceed, 0…16; more is said as 16.
  package var colour: Double?

  /// A picture of which nothing but its size is known.
  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }
}
