internal import CJPEG
package import Imaging

/// A JPEG file decoded once by libjpeg, as brightness and colour differences: its inspection and
/// previews are made from them without a conversion to RGB.
package final class JPEGPicture {
  /// libjpeg's quality of the large and the small preview.
  private static let qualities: (large: Int32, small: Int32) = (80, 85)

  private let handle: OpaquePointer
  /// The brightness and the colourfulness.
  package let coloured: Coloured
  /// The rows of the file that have no data.
  package let rows: StoredRows

  /// Decodes a whole file; nil when it is damaged, or must be decoded by libvips (CMYK, RGB).
  package init?(_ bytes: UnsafeRawBufferPointer, _ sides: PreviewSides) {
    var facts = cjpeg_plane()
    var luma: UnsafeMutablePointer<UInt8>?
    let handle = cjpeg_read(
      bytes.baseAddress, bytes.count, Int32(Likeness.side), Int32(sides.large), &facts, &luma)
    guard let handle, let luma else { return nil }
    defer { cjpeg_free(luma) }
    let (width, height) = (Int(facts.width), Int(facts.height))
    let samples = UnsafeBufferPointer(start: luma, count: width * height)
    guard let plane = LumaPlane(samples: samples, bands: 1, width: width, height: height) else {
      cjpeg_close(handle)
      return nil
    }
    self.handle = handle
    coloured = Coloured(plane: plane, colour: Double(facts.colour))
    rows = StoredRows(all: Int(facts.rows), missing: Int(facts.missing))
  }

  deinit { cjpeg_close(handle) }

  /// Makes both previews, upright and in sRGB.
  package func previews(
    _ sides: PreviewSides, orientation: Int, profile: UnsafeRawBufferPointer?
  ) throws(DecodeFailure) -> Previews {
    try Self.previews(of: handle, sides, orientation, profile)
  }

  /// Makes both previews from upright RGB pixels.
  static func previews(
    of pixels: UnsafePointer<UInt8>, width: Int32, height: Int32, _ sides: PreviewSides
  ) throws(DecodeFailure) -> Previews {
    guard let handle = cjpeg_wrap(pixels, width, height) else { throw .damaged }
    defer { cjpeg_close(handle) }
    return try previews(of: handle, sides, 1, nil)
  }

  private static func previews(
    of handle: OpaquePointer, _ sides: PreviewSides, _ orientation: Int,
    _ profile: UnsafeRawBufferPointer?
  ) throws(DecodeFailure) -> Previews {
    let wishes = [
      cjpeg_wish(longest: Int32(sides.large), quality: qualities.large),
      cjpeg_wish(longest: Int32(sides.small), quality: qualities.small),
    ]
    var files = [cjpeg_file(), cjpeg_file()]
    let failed = cjpeg_previews(
      handle, Int32(orientation), profile?.baseAddress, profile?.count ?? 0, wishes,
      Int32(wishes.count), &files)
    // The only possible error is a lack of memory.
    guard failed == 0 else { throw .refused("The image needs too much memory to decode.") }
    defer { for file in files { cjpeg_free(file.bytes) } }
    let bytes = files.map { Array(UnsafeBufferPointer(start: $0.bytes, count: $0.length)) }
    return Previews(large: bytes[0], small: bytes[1])
  }
}
