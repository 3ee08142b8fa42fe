internal import Glibc

/// The bytes between two parts: CR LF, two dashes and the boundary.
///
/// CR occurs only at its start, so a partial match cannot overlap the next match.
struct MultipartDelimiter {
  /// CR LF and two dashes in memory order.
  private static var opening: UInt32 { UInt32(littleEndian: 0x2D2D_0A0D) }

  let bytes: [UInt8]
  var count: Int { bytes.count }

  /// Makes a delimiter; nil for a boundary that RFC 2046 does not allow.
  init?(boundary: [UInt8]) {
    guard (1...70).contains(boundary.count), boundary.last != UInt8(ascii: " "),
      boundary.allSatisfy(Self.allowed)
    else { return nil }
    bytes = Array("\r\n--".utf8) + boundary
  }

  private static func allowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: "'()+_,-./:=? ".utf8.contains(byte)
    }
  }

  /// Whether `count` bytes of the chunk and of the delimiter are equal; the offsets must be in
  /// bounds.
  func matches(
    _ chunk: UnsafeRawBufferPointer, at place: Int, from start: Int, count: Int
  ) -> Bool {
    bytes.withUnsafeBytes { bytes in
      guard let left = chunk.baseAddress, let right = bytes.baseAddress else { return false }
      return memcmp(left + place, right + start, count) == 0
    }
  }

  /// Finds the first match of the delimiter, or of its beginning at the end of the chunk.
  ///
  /// Without a match it returns the end of the chunk.
  func find(in chunk: UnsafeRawBufferPointer) -> (start: Int, matched: Int) {
    guard let base = chunk.baseAddress else { return (0, 0) }
    var place = 0
    while let hit = memchr(base + place, 13, chunk.count - place) {
      place = UnsafeRawPointer(hit) - base
      // One comparison skips the line ends of a text without a function call.
      while chunk.count - place >= 4, chunk[place] == 13,
        chunk.loadUnaligned(fromByteOffset: place, as: UInt32.self) != Self.opening
      {
        place += chunk[place + 1] == 10 ? 2 : 1
      }
      let length = min(count, chunk.count - place)
      if matches(chunk, at: place, from: 0, count: length) { return (place, length) }
      place += 1
    }
    return (chunk.count, 0)
  }
}
