internal import CTIFF
internal import Imaging

/// The pixels of a TIFF page that libtiff can read and libvips cannot: old JPEG
/// compression, subsampled colours, planes in tiles, samples of 10, 12, 14 or 64 bits.
final class TIFFPixels {
  /// Valid as long as this object exists; `bands` bytes per pixel, row by row.
  let samples: UnsafePointer<UInt8>
  let width: Int
  let height: Int
  /// 1, 3 or 4.
  let bands: Int

  /// Decodes the file's first page; nil when libtiff cannot read it completely.
  init?(_ bytes: UnsafeRawBufferPointer, mostPixels: UInt64) {
    var (width, height, bands): (Int32, Int32, Int32) = (0, 0, 0)
    let start = ctiff_pixels(
      bytes.baseAddress, bytes.count, mostPixels, &width, &height, &bands)
    guard let start else { return nil }
    samples = UnsafePointer(start)
    (self.width, self.height, self.bands) = (Int(width), Int(height), Int(bands))
  }

  deinit { ctiff_free(UnsafeMutablePointer(mutating: samples)) }
}
