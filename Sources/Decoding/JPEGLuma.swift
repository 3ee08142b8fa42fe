internal import CJPEG
package import Imaging

/// The brightness of a JPEG file by the cheapest way there is: libjpeg skips the colours, and most
/// of the transform.
package enum JPEGLuma {
  /// Nil when the file has no brightness of its own (CMYK, RGB): libvips converts those; throws
  /// `refused` at the first error.
  package static func decode(_ bytes: UnsafeRawBufferPointer, atLeast side: Int)
    throws(DecodeFailure) -> LumaPlane?
  {
    try decode(bytes, atLeast: side, colour: nil)
  }

  /// The same with as much of the colours as tells whether there are any.
  package static func decodeColoured(_ bytes: UnsafeRawBufferPointer, atLeast side: Int)
    throws(DecodeFailure) -> Coloured?
  {
    var colour: Int32 = 0
    guard let plane = try decode(bytes, atLeast: side, colour: &colour) else { return nil }
    return Coloured(plane: plane, colour: Double(colour))
  }

  private static func decode(
    _ bytes: UnsafeRawBufferPointer, atLeast side: Int, colour: UnsafeMutablePointer<Int32>?
  ) throws(DecodeFailure) -> LumaPlane? {
    var (width, height, other): (Int32, Int32, Int32) = (0, 0, 0)
    let start = cjpeg_luma(
      bytes.baseAddress, bytes.count, Int32(side), &width, &height, &other, colour)
    guard let start else {
      if other != 0 { return nil }
      throw .damaged
    }
    defer { cjpeg_free(start) }
    let samples = UnsafeBufferPointer(start: start, count: Int(width) * Int(height))
    return LumaPlane(samples: samples, bands: 1, width: Int(width), height: Int(height))
  }
}

/// The brightness of a picture, and how much colour there is.
package struct Coloured {
  /// The picture as it is stored, not upright.
  package let plane: LumaPlane
  /// As in `Appearance.colour`.
  package let colour: Double
}
