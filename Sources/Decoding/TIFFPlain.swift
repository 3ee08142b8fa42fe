internal import CJPEG
internal import CTIFF
internal import Imaging

/// The pixels of a TIFF page that are stored as they are shown; see ctiff_read_plain.
enum TIFFPlain {
  /// Decodes all of the first page; nil when it is damaged or of another kind.
  static func decode(
    _ bytes: UnsafeRawBufferPointer, _ sides: PreviewSides, profile: UnsafeRawBufferPointer?
  ) -> PlanarPicture? {
    var stored = ctiff_plain()
    let failed = ctiff_read_plain(
      bytes.baseAddress, bytes.count, PlanarPicture.mostBytes, &stored)
    guard failed == 0 else { return nil }
    defer { ctiff_free(stored.memory) }
    let pixels = cjpeg_pixels(
      samples: stored.samples, stride: stored.stride, width: stored.width, height: stored.height,
      bands: stored.bands)
    return PlanarPicture(pixels, sides, profile: profile)
  }
}
