internal import Imaging

/// Decodes all frames of an animation.
enum Frames {
  /// Throws `refused` at the first error, and when libvips finds more than the outline did.
  static func decode(_ bytes: UnsafeRawBufferPointer, _ type: ImageType, mostPixels: UInt64)
    throws(DecodeFailure)
  {
    let strip = try VipsPicture(bytes, type, page: 0, count: -1)
    let outline = Outline(mostPixels: mostPixels * UInt64(DecodeLimits.pixelsOverFrames))
    try outline.checkSize(strip.picture.width, strip.picture.height)
    try strip.decode()
  }
}
