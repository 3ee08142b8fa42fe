internal import CJPEG
internal import CPNG
internal import Imaging

/// Reads PNG files whose pixels need no conversion; see cpng_read.
enum PNGPixels {
  /// Decodes a whole file; nil when it is damaged or has another kind.
  static func decode(
    _ bytes: UnsafeRawBufferPointer, _ sides: PreviewSides, profile: UnsafeRawBufferPointer?
  ) -> PlanarPicture? {
    var stored = cpng_pixels()
    guard cpng_read(bytes.baseAddress, bytes.count, PlanarPicture.mostBytes, &stored) == 0 else {
      return nil
    }
    defer { cpng_free(stored.memory) }
    let pixels = cjpeg_pixels(
      samples: stored.samples, stride: stored.stride, width: stored.width, height: stored.height,
      bands: stored.bands)
    return PlanarPicture(pixels, sides, profile: profile)
  }
}
