/// The colours of a BMP file with a palette; indexes beyond it are black.
struct BMPPalette {
  private static let mostColours = 65_536

  /// 256 RGB values.
  let colours: [UInt8]
  /// Its length in the file in bytes.
  let size: Int

  /// Nil when the header of the palette is impossible.
  init?(_ fields: BMPFields, _ bytes: RawSpan, at start: Int) {
    guard fields.bitsPerPixel <= 8 else {
      (colours, size) = ([], 0)
      return
    }
    guard fields.colours <= Self.mostColours else { return nil }
    let said = fields.colours == 0 ? 1 << fields.bitsPerPixel : fields.colours
    // Older OS/2 files have a shorter palette, shown only by the offset of the pixels; some
    // programs write the palette's offset there, or 0.
    let room = fields.pixels <= start ? said : (fields.pixels - start) / fields.entrySize
    let count = min(said, room, 256)
    guard count > 0 else { return nil }
    var colours = [UInt8](repeating: 0, count: 256 * 3)
    for index in 0..<count {
      for channel in 0..<3 {
        let place = start + index * fields.entrySize + 2 - channel
        guard let value = bytes.little(UInt8.self, at: place) else { return nil }
        colours[index * 3 + channel] = value
      }
    }
    self.colours = colours
    size = min(said, room) * fields.entrySize
  }
}

/// The bits of red, green, blue and alpha in a pixel of 16 or 32 bits.
struct BMPChannels {
  private let channels: [Channel]

  /// Nil when a mask has a gap, or there is no colour.
  init?(masks: [UInt32]) {
    guard masks.contains(where: { $0 != 0 }) else { return nil }
    let channels = masks.compactMap { Channel(mask: $0) }
    guard channels.count == 4 else { return nil }
    self.channels = channels[3].isThere ? channels : Array(channels.prefix(3))
  }

  /// 3, or with alpha 4.
  var count: Int { channels.count }

  func value(_ channel: Int, of pixel: UInt32) -> UInt8 { channels[channel].value(of: pixel) }

  private struct Channel {
    private let mask: UInt32
    private let shift: UInt32
    private let drop: UInt32
    private let scaled: [UInt8]

    init?(mask: UInt32) {
      self.mask = mask
      guard mask != 0 else {
        (shift, drop, scaled) = (0, 0, [0])
        return
      }
      shift = UInt32(mask.trailingZeroBitCount)
      let most = mask >> shift
      guard most & (most &+ 1) == 0 else { return nil }
      drop = UInt32(max(0, mask.nonzeroBitCount - 8))
      let last = Int(most >> drop)
      scaled = (0...last).map { UInt8(($0 * 255 + last / 2) / last) }
    }

    var isThere: Bool { mask != 0 }

    func value(of pixel: UInt32) -> UInt8 { scaled[Int(((pixel & mask) >> shift) >> drop)] }
  }
}
