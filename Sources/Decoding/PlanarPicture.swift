internal import CJPEG
package import Imaging

/// A picture decoded once, as brightness and colour differences: its inspection and previews are
/// made from them without libvips.
package final class PlanarPicture {
  /// libjpeg's quality of the large and the small preview.
  private static let qualities: (large: Int32, small: Int32) = (80, 85)

  /// The maximum bytes of samples in memory; libvips, which holds a few rows, decodes larger
  /// pictures.
  static let mostBytes = 128 << 20

  private let handle: OpaquePointer
  /// The brightness and the colourfulness.
  package let coloured: Coloured
  /// The rows of a JPEG file that have no data; nil for other types.
  package let rows: StoredRows?

  /// Decodes a whole JPEG file; nil when it is damaged, or must be decoded by libvips (CMYK, RGB).
  package convenience init?(jpeg bytes: UnsafeRawBufferPointer, _ sides: PreviewSides) {
    var facts = cjpeg_plane()
    var luma: UnsafeMutablePointer<UInt8>?
    let handle = cjpeg_read(
      bytes.baseAddress, bytes.count, Int32(Likeness.side), Int32(sides.large), &facts, &luma)
    let rows = StoredRows(all: Int(facts.rows), missing: Int(facts.missing))
    self.init(handle, luma, facts, rows: rows)
  }

  /// Takes stored pixels; nil when there is no memory, and for transparent pixels with a profile,
  /// which libvips converts.
  convenience init?(
    _ pixels: cjpeg_pixels, _ sides: PreviewSides, profile: UnsafeRawBufferPointer?
  ) {
    var pixels = pixels
    var facts = cjpeg_plane()
    var luma: UnsafeMutablePointer<UInt8>?
    let wants = cjpeg_wants(side: Int32(Likeness.side), longest: Int32(sides.large))
    let handle = cjpeg_take(
      &pixels, wants, profile?.baseAddress, profile?.count ?? 0, &facts, &luma)
    self.init(handle, luma, facts, rows: nil)
  }

  /// Takes pixels row by row, as `read` adds them to a sink; nil when `read` fails, and as above.
  convenience init?(
    width: Int32, height: Int32, bands: Int32, _ sides: PreviewSides,
    profile: UnsafeRawBufferPointer?, read: (OpaquePointer) -> Bool
  ) {
    var facts = cjpeg_plane()
    var luma: UnsafeMutablePointer<UInt8>?
    let wants = cjpeg_wants(side: Int32(Likeness.side), longest: Int32(sides.large))
    let sink = cjpeg_sink_open(
      width, height, bands, wants, profile?.baseAddress, profile?.count ?? 0)
    guard let sink else { return nil }
    let isRead = read(sink)
    let handle = cjpeg_sink_close(sink, &facts, &luma)
    guard isRead else {
      cjpeg_free(luma)
      cjpeg_close(handle)
      return nil
    }
    self.init(handle, luma, facts, rows: nil)
  }

  /// Takes brightness, Cb and Cr in the range of video; nil when there is no memory.
  convenience init?(video planes: [cjpeg_pixels], _ sides: PreviewSides) {
    var facts = cjpeg_plane()
    var luma: UnsafeMutablePointer<UInt8>?
    let wants = cjpeg_wants(side: Int32(Likeness.side), longest: Int32(sides.large))
    self.init(cjpeg_take_video(planes, wants, &facts, &luma), luma, facts, rows: nil)
  }

  /// Takes ownership of the handle and the brightness.
  private init?(
    _ handle: OpaquePointer?, _ luma: UnsafeMutablePointer<UInt8>?, _ facts: cjpeg_plane,
    rows: StoredRows?
  ) {
    guard let handle, let luma else { return nil }
    defer { cjpeg_free(luma) }
    let (width, height) = (Int(facts.width), Int(facts.height))
    let samples = UnsafeBufferPointer(start: luma, count: width * height)
    guard let plane = LumaPlane(samples: samples, bands: 1, width: width, height: height) else {
      cjpeg_close(handle)
      return nil
    }
    self.handle = handle
    self.rows = rows
    coloured = Coloured(plane: plane, colour: Double(facts.colour))
  }

  deinit { cjpeg_close(handle) }

  /// Makes both previews, upright and in sRGB.
  package func previews(
    _ sides: PreviewSides, orientation: Int, profile: UnsafeRawBufferPointer?
  ) throws(DecodeFailure) -> Previews {
    try Self.previews(of: handle, sides, orientation, profile)
  }

  /// Makes both previews of upright pixels of red, green and blue.
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
