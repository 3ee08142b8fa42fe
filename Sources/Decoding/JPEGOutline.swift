internal import Glibc
internal import Imaging

/// Counts a JPEG file's scans: each may be of a few bytes, and costs a pass over the whole picture.
enum JPEGOutline {
  /// Programs write about ten; at 100 megapixels so many take a few seconds.
  private static let mostScans = 200

  static func check(_ bytes: RawSpan) throws(DecodeFailure) {
    var place = 2
    var scans = 0
    while let marker = nextMarker(bytes, from: &place) {
      switch marker {
      case 0x00, 0x01, 0xd0...0xd7, 0xff: continue  // Of no length: within a scan.
      case 0xd9: return
      case 0xda: scans += 1
      default: break
      }
      guard scans <= mostScans else { throw .refused("The image has too many scans.") }
      place += Int(bytes.big(UInt16.self, at: place) ?? 0)
    }
  }

  /// The byte behind the next 0xff; `place` is then behind both, or before a second 0xff.
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
