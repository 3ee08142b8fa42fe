internal import Glibc
internal import Imaging

/// Reads a JPEG file's size and counts its scans: a scan may have only a few bytes, but needs a
/// pass over the whole picture.
enum JPEGOutline {
  /// Programs write about ten scans; with 100 megapixels, 200 of them take a few seconds.
  private static let mostScans = 200

  static func check(_ bytes: RawSpan, _ outline: Outline) throws(DecodeFailure) {
    var place = 2
    var scans = 0
    var hasFrame = false
    while let marker = nextMarker(bytes, from: &place) {
      switch marker {
      case 0x00, 0x01, 0xd0...0xd7, 0xff: continue  // Has no length: part of a scan.
      case 0xd9: return
      case 0xda: scans += 1
      // c4, c8 and cc are not frames (tables, reserved, arithmetic coding).
      case 0xc0...0xcf where !hasFrame && ![0xc4, 0xc8, 0xcc].contains(marker):
        hasFrame = true
        try checkFrame(bytes, at: place, outline)
      default: break
      }
      guard scans <= mostScans else { throw .refused("The image has too many scans.") }
      place += Int(bytes.big(UInt16.self, at: place) ?? 0)
    }
  }

  /// The decoder refuses a height or width of 0 as an unsupported kind of file.
  private static func checkFrame(
    _ bytes: RawSpan, at place: Int, _ outline: Outline
  ) throws(DecodeFailure) {
    guard let height = bytes.big(UInt16.self, at: place + 3), height > 0,
      let width = bytes.big(UInt16.self, at: place + 5), width > 0
    else { return }
    try outline.checkSize(Int(width), Int(height))
  }

  /// The byte after the next 0xff; `place` is then after both, or before a second 0xff.
  private static func nextMarker(_ bytes: RawSpan, from place: inout Int) -> UInt8? {
    guard place < bytes.byteCount else { return nil }
    let offset = bytes.extracting(place...).withUnsafeBytes { rest -> Int? in
      guard let start = rest.baseAddress, let found = memchr(start, 0xff, rest.count) else {
        return nil
      }
      return UnsafeRawPointer(found) - start
    }
    guard let offset, let marker = bytes.little(UInt8.self, at: place + offset + 1) else {
      return nil
    }
    place += offset + (marker == 0xff ? 1 : 2)
    return marker
  }
}
