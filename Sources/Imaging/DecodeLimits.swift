/// The limits for decoding one file.
package struct DecodeLimits: Sendable {
  /// The maximum number of frames of an animation or pages of a TIFF file.
  package static let frames = 1000
  /// The maximum pixels of all frames, in multiples of `pixels`: lossless WebP, the slowest,
  /// needs 14 of the 20 seconds for them.
  package static let pixelsOverFrames = 5
  /// The longest side of a preview, in pixels.
  static let longestPreview = 4096
  /// The longest side of a square, in pixels.
  package static let longestSquare = 1024

  /// Width times height, by the header.
  package var pixels: Int
  /// The maximum address space of a child, including its libraries.
  package var addressSpaceBytes: Int
  /// CPU seconds per file; the kernel rounds them up to whole seconds.
  package var cpuSeconds: Int
  /// Milliseconds to wait for a free child, and again for its answer.
  package var wallMilliseconds: Int

  /// The default limits allow a hundred megapixels of any kind.
  package init(
    pixels: Int = 100_000_000, addressSpaceBytes: Int = 1536 << 20, cpuSeconds: Int = 20,
    wallMilliseconds: Int = 30_000
  ) {
    self.pixels = pixels
    self.addressSpaceBytes = addressSpaceBytes
    self.cpuSeconds = cpuSeconds
    self.wallMilliseconds = wallMilliseconds
  }
}
