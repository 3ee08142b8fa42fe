/// The parts of a file with metadata, each as the range of its content; a malformed part
/// ends the walk.
enum Segments {
  /// The maximum number of parts, more than any program writes.
  private static let most = 100_000

  /// A JPEG file's marker segments up to its first scan, without marker and length.
  static func ofJPEG(_ bytes: RawSpan) -> [(marker: UInt8, content: Range<Int>)] {
    var found: [(marker: UInt8, content: Range<Int>)] = []
    var place = 2
    while found.count < most, bytes.little(UInt8.self, at: place) == 0xff,
      let marker = bytes.little(UInt8.self, at: place + 1)
    {
      if marker == 0xff {
        place += 1
        continue
      }
      guard let length = bytes.big(UInt16.self, at: place + 2), length >= 2,
        ![0xd8, 0xd9, 0xda].contains(marker)
      else { break }
      let end = place + 2 + Int(length)
      guard end <= bytes.byteCount else { break }
      found.append((marker, place + 4..<end))
      place = end
    }
    return found
  }

  /// All chunks of a PNG file.
  static func ofPNG(_ bytes: RawSpan) -> [(name: String, content: Range<Int>)] {
    var found: [(name: String, content: Range<Int>)] = []
    var place = 8
    while found.count < most, let length = bytes.big(UInt32.self, at: place),
      let name = bytes.text(place + 4..<place + 8)
    {
      let end = place + 8 + Int(length)
      guard end <= bytes.byteCount else { break }
      found.append((name, place + 8..<end))
      place = end + 4
    }
    return found
  }

  /// A WebP file's chunks.
  static func ofWebP(_ bytes: RawSpan) -> [(name: String, content: Range<Int>)] {
    var found: [(name: String, content: Range<Int>)] = []
    var place = 12
    while found.count < most, let length = bytes.little(UInt32.self, at: place + 4),
      let name = bytes.text(place..<place + 4)
    {
      let end = place + 8 + Int(length)
      guard end <= bytes.byteCount else { break }
      found.append((name, place + 8..<end))
      place = end + Int(length & 1)
    }
    return found
  }

  /// A GIF file's application blocks (by their eleven bytes) and comments (by `comment`), as the
  /// ranges of their sub-blocks.
  static func ofGIF(_ bytes: RawSpan) -> [(name: String, blocks: Range<Int>)] {
    var found: [(name: String, blocks: Range<Int>)] = []
    var place = 13
    if let flags = bytes.little(UInt8.self, at: 10) { place += table(flags) }
    while found.count < most, let kind = bytes.little(UInt8.self, at: place) {
      switch kind {
      case 0x21:
        let label = bytes.little(UInt8.self, at: place + 1)
        let isApplication = label == 0xff && bytes.little(UInt8.self, at: place + 2) == 11
        let start = isApplication ? place + 14 : place + 2
        let name = isApplication ? bytes.text(place + 3..<place + 14) : "comment"
        place = end(of: bytes, from: start)
        if isApplication || label == 0xfe, let name, place <= bytes.byteCount {
          found.append((name, start..<place))
        }
      case 0x2c:
        guard let flags = bytes.little(UInt8.self, at: place + 9) else { return found }
        place = end(of: bytes, from: place + 11 + table(flags))
      default: return found
      }
    }
    return found
  }

  /// Joins the content of sub-blocks, up to `most` bytes.
  static func joined(_ blocks: Range<Int>, of bytes: RawSpan, most: Int) -> [UInt8] {
    var content: [UInt8] = []
    var place = blocks.lowerBound
    while let length = bytes.little(UInt8.self, at: place), length > 0,
      let part = bytes.array(place + 1..<place + 1 + Int(length)),
      content.count + part.count <= most
    {
      content += part
      place += part.count + 1
    }
    return content
  }

  /// The bytes of a colour table, 0 without one.
  private static func table(_ flags: UInt8) -> Int {
    flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
  }

  /// The offset after consecutive sub-blocks.
  private static func end(of bytes: RawSpan, from start: Int) -> Int {
    var place = start
    while let length = bytes.little(UInt8.self, at: place), length > 0 { place += Int(length) + 1 }
    return place + 1
  }
}
