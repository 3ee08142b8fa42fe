/// The limits of one file's decoding.
package struct DecodeLimits: Sendable {
  /// The most frames of an animation and pages of a TIFF file.
  package static let frames = 1000
  /// The pixels of all frames together, in multiples of `pixels`: lossless WebP, the slowest,
  /// takes 14 of the 20 seconds for them.
  package static let pixelsOverFrames = 5
  /// The longest side of a preview, in pixels.
  package static let longestPreview = 4096
  /// The longest side of a square, in pixels.
  package static let longestSquare = 1024

  /// Width times height, by the header.
  package var pixels: Int
  /// All memory a child may map, its own libraries included.
  package var addressSpaceBytes: Int
  /// CPU seconds a file, rounded up to whole seconds by the kernel.
  package var cpuSeconds: Int
  /// Milliseconds to wait for a free child, and again for its answer.
  package var wallMilliseconds: Int

  /// A hundred megapixels pass, whatever their kind.
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
