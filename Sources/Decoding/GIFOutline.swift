internal import Imaging

/// Checks a GIF file's blocks: the screen may have 65,535 by 65,535 pixels, and a frame may have as
/// few as twenty bytes and cover the whole screen.
///
/// The size is computed here, because libvips ignores screens that look like a monitor's resolution
/// (640 by 480, or more than 2,048), and frames that end early.
enum GIFOutline {
  private static let screenStart = 6
  private static let firstBlock = 13

  static func check(_ bytes: RawSpan, _ outline: inout Outline) throws(DecodeFailure) {
    guard let width = bytes.little(UInt16.self, at: screenStart),
      let height = bytes.little(UInt16.self, at: screenStart + 2),
      let flags = bytes.little(UInt8.self, at: screenStart + 4)
    else { throw .damaged }
    // Some programs write 0 for the screen and mean the first frame's size.
    if width > 0, height > 0 { try outline.checkSize(Int(width), Int(height)) }
    var place = firstBlock + tableSize(flags)
    while let kind = bytes.little(UInt8.self, at: place) {
      switch kind {
      case 0x21: place = end(of: bytes, from: place + 2)
      case 0x2c:
        guard let frame = Frame(bytes, at: place) else { throw .damaged }
        try add(frame, (Int(width), Int(height)), bytes, &outline)
        place = end(of: bytes, from: frame.data + 1)
      default:
        guard outline.frames > 0 else { throw .damaged }
        return
      }
    }
    // Only the end mark may be missing.
    guard outline.frames > 0, place <= bytes.byteCount else { throw .damaged }
  }

  private static func add(
    _ frame: Frame, _ screen: (width: Int, height: Int), _ bytes: RawSpan, _ outline: inout Outline
  ) throws(DecodeFailure) {
    guard frame.width > 0, frame.height > 0 else { return }
    try outline.add(max(screen.width, frame.width), max(screen.height, frame.height))
    if outline.canvas == nil {
      // When the screen is 0 or smaller than the first frame, the first frame's size counts.
      let canvas = (
        width: max(screen.width, frame.left + frame.width),
        height: max(screen.height, frame.top + frame.height)
      )
      try outline.checkSize(canvas.width, canvas.height)
      outline.canvas = canvas
    }
    let pixels = frame.width * frame.height
    guard GIFCodes.pixels(bytes, at: frame.data, most: pixels) == pixels else { throw .damaged }
  }

  /// The offset after consecutive sub-blocks.
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
    let left: Int
    let top: Int
    let width: Int
    let height: Int
    /// The offset of the codes.
    let data: Int

    init?(_ bytes: RawSpan, at place: Int) {
      guard let left = bytes.little(UInt16.self, at: place + 1),
        let top = bytes.little(UInt16.self, at: place + 3),
        let width = bytes.little(UInt16.self, at: place + 5),
        let height = bytes.little(UInt16.self, at: place + 7),
        let flags = bytes.little(UInt8.self, at: place + 9)
      else { return nil }
      (self.left, self.top) = (Int(left), Int(top))
      (self.width, self.height) = (Int(width), Int(height))
      data = place + 10 + GIFOutline.tableSize(flags)
    }
  }
}
