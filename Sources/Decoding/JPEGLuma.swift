internal import CJPEG
package import Imaging

/// The brightness of a JPEG file by the cheapest way there is: libjpeg skips the colours, and most
/// of the transform.
package enum JPEGLuma {
  /// Nil when the file has no brightness of its own (CMYK): libvips converts those; throws
  /// `refused` at the first error.
  package static func decode(_ bytes: UnsafeRawBufferPointer, atLeast side: Int)
    throws(DecodeFailure) -> LumaPlane?
  {
    var (width, height, other): (Int32, Int32, Int32) = (0, 0, 0)
    let start = cjpeg_luma(bytes.baseAddress, bytes.count, Int32(side), &width, &height, &other)
    guard let start else {
      if other != 0 { return nil }
      throw .damaged
    }
    defer { cjpeg_free(start) }
    let samples = UnsafeBufferPointer(start: start, count: Int(width) * Int(height))
    return LumaPlane(samples: samples, bands: 1, width: Int(width), height: Int(height))
  }
}
