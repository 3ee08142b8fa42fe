internal import Imaging

/// Walks a GIF file's blocks: the screen may be of 65,535 pixels each way, and a frame costs as
/// little as twenty bytes and as much as the whole screen.
enum GIFOutline {
  private static let screenStart = 6
  private static let firstBlock = 13

  static func check(_ bytes: RawSpan, _ outline: inout Outline) throws(DecodeFailure) {
    guard let width = bytes.little(UInt16.self, at: screenStart),
      let height = bytes.little(UInt16.self, at: screenStart + 2),
      let flags = bytes.little(UInt8.self, at: screenStart + 4)
    else { throw .damaged }
    // Some programs leave the screen at 0 and mean the first frame's size.
    if width > 0, height > 0 { try outline.checkSize(Int(width), Int(height)) }
    var place = firstBlock + tableSize(flags)
    while let kind = bytes.little(UInt8.self, at: place) {
      switch kind {
      case 0x21: place = end(of: bytes, from: place + 2)
      case 0x2c:
        guard let frame = Frame(bytes, at: place) else { throw .damaged }
        try outline.add(max(Int(width), frame.width), max(Int(height), frame.height))
        place = end(of: bytes, from: place + 11 + frame.tableSize)
      default: return
      }
    }
    // libvips passes over a frame that is cut. Only the mark of the end may be missing.
    guard place <= bytes.byteCount else { throw .damaged }
  }

  /// The place behind a row of sub-blocks.
  private static func end(of bytes: RawSpan, from start: Int) -> Int {
    var place = start
    while let length = bytes.little(UInt8.self, at: place), length > 0 { place += Int(length) + 1 }
    return place + 1
  }

  /// The bytes of a colour table, 0 without one.
  private static func tableSize(_ flags: UInt8) -> Int {
    flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
  }

  private struct Frame {
    let width: Int
    let height: Int
    let tableSize: Int

    init?(_ bytes: RawSpan, at place: Int) {
      guard let width = bytes.little(UInt16.self, at: place + 5),
        let height = bytes.little(UInt16.self, at: place + 7),
        let flags = bytes.little(UInt8.self, at: place + 9)
      else { return nil }
      self.width = max(1, Int(width))
      self.height = max(1, Int(height))
      tableSize = GIFOutline.tableSize(flags)
    }
  }
}
