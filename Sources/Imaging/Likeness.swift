/// The appearance of an upright picture without its border, at three levels of detail.
package struct Likeness: Sendable, Equatable {
  /// The side of `luma`, in pixels.
  package static let side = 64
  /// The length of `windows` in bytes.
  package static let windowsSize = 32 * CropWindow.all.count

  /// The whole picture.
  package let whole: Fingerprint
  /// The fingerprints of all crop windows, each of four little-endian words.
  package let windows: [UInt8]
  /// The picture stretched to a square of `side` pixels, row by row.
  package let luma: [UInt8]

  /// The minimum deviation; the fingerprints of plainer pictures are noise.
  private static let leastDeviation = 4.0

  /// Whether the picture has too little contrast for a comparison.
  package var isPlain: Bool {
    let mean = Double(luma.reduce(0) { $0 + Int($1) }) / Double(luma.count)
    let squares = luma.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (squares / Double(luma.count)).squareRoot() < Self.leastDeviation
  }

  /// The likeness if it takes part in comparisons; plain pictures look alike without being copies.
  package var compared: Likeness? { isPlain ? nil : self }

  /// Nil when the sizes are not those above.
  package init?(whole: Fingerprint, windows: [UInt8], luma: [UInt8]) {
    guard windows.count == Self.windowsSize, luma.count == Self.side * Self.side else { return nil }
    self.whole = whole
    self.windows = windows
    self.luma = luma
  }
}
