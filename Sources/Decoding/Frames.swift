internal import Imaging

/// Decodes all frames of an animation, or all pages of a file.
enum Frames {
  /// Throws `refused` at the first error, and when libvips finds more than the outline did.
  static func decode(
    _ first: VipsPicture, _ bytes: UnsafeRawBufferPointer, mostPixels: UInt64
  ) throws(DecodeFailure) {
    let (type, count) = (first.picture.type, first.picture.frames)
    guard count <= DecodeLimits.frames else {
      throw .refused("The image has more than \(DecodeLimits.frames) frames.")
    }
    if let all = try together(bytes, type) {
      let outline = Outline(mostPixels: mostPixels * UInt64(DecodeLimits.pixelsOverFrames))
      try outline.checkSize(all.picture.width, all.picture.height)
      return try all.decode()
    }
    var outline = Outline(mostPixels: mostPixels)
    for page in 0..<count {
      let source = try VipsPicture(bytes, type, page: page)
      try outline.add(source.picture.width, source.picture.height)
      try source.decode()
    }
  }

  /// All in one strip; nil for a TIFF file whose pages differ.
  private static func together(_ bytes: UnsafeRawBufferPointer, _ type: ImageType)
    throws(DecodeFailure) -> VipsPicture?
  {
    do throws(DecodeFailure) {
      return try VipsPicture(bytes, type, page: 0, count: -1)
    } catch {
      guard type == .tiff else { throw error }
      return nil
    }
  }
}
