package import Imaging

/// The header of a BMP file, checked: those of Windows 2 to 5 and of OS/2 1 and 2.
package struct BMPHeader {
  enum Coding {
    case palette
    case runs
    case channels(BMPChannels)
    case bytes(count: Int)
  }

  /// Pixels across, at least 1.
  package let width: Int
  /// Pixels down, at least 1.
  package let height: Int
  let isTopDown: Bool
  /// 1, 2, 4, 8, 16, 24 or 32.
  let bitsPerPixel: Int
  let coding: Coding
  let palette: BMPPalette
  /// The offset of the pixels.
  let pixels: Int

  /// The bytes of an uncompressed row, padded to whole words.
  var rowSize: Int { (width * bitsPerPixel + 31) / 32 * 4 }

  /// Reads and checks; throws `refused`.
  package init(_ bytes: RawSpan) throws(DecodeFailure) {
    // The number of planes is not used, and other programs ignore a wrong one.
    guard let fields = BMPFields(bytes), fields.width > 0, fields.height != 0
    else { throw .damaged }
    width = fields.width
    height = Int(fields.height.magnitude)
    isTopDown = fields.height < 0
    bitsPerPixel = fields.bitsPerPixel
    guard let coding = Self.coding(fields, bytes) else {
      throw .refused("This kind of BMP file is not supported.")
    }
    self.coding = coding
    let afterMasks = fields.end + fields.masksSize
    guard let palette = BMPPalette(fields, bytes, at: afterMasks) else { throw .damaged }
    self.palette = palette
    guard fields.pixels == 0 || fields.pixels >= afterMasks else { throw .damaged }
    pixels = fields.pixels <= afterMasks ? afterMasks + palette.size : fields.pixels
    guard pixels < bytes.byteCount else { throw .damaged }
  }

  private static func coding(_ fields: BMPFields, _ bytes: RawSpan) -> Coding? {
    switch (fields.compression, fields.bitsPerPixel) {
    case (0, 1), (0, 2), (0, 4), (0, 8): return .palette
    case (1, 8), (2, 4): return fields.height > 0 ? .runs : nil
    case (0, 24): return .bytes(count: 3)
    case (0, 32): return .bytes(count: 4)
    case (0, 16): return BMPChannels(masks: [0x7c00, 0x03e0, 0x001f, 0]).map { .channels($0) }
    case (3, 16), (3, 32), (6, 16), (6, 32):
      guard fields.size != BMPFields.os2Size else { return nil }
      return BMPChannels(masks: fields.masks(bytes)).map { .channels($0) }
    default: return nil
    }
  }
}

/// The unchecked fields, at the offsets that depend on the header's size.
struct BMPFields {
  private static let fileHeaderSize = 14
  private static let coreSize = 12
  private static let masksStart = 54
  static let os2Size = 64
  private static let infoSize = 40
  // 16 and 64 are OS/2's, 52 and 56 Adobe's.
  private static let sizes: Set<Int> = [coreSize, 16, infoSize, 52, 56, os2Size, 108, 124]

  let size: Int
  let width: Int
  let height: Int
  let bitsPerPixel: Int
  private(set) var compression = 0
  private(set) var colours = 0
  let pixels: Int

  /// Nil when the file ends too early or the size of the header is unknown.
  init?(_ bytes: RawSpan) {
    func long(_ place: Int) -> Int? { bytes.little(UInt32.self, at: place).map { Int($0) } }
    func short(_ place: Int) -> Int? { bytes.little(UInt16.self, at: place).map { Int($0) } }
    func signed(_ place: Int) -> Int? { bytes.little(Int32.self, at: place).map { Int($0) } }
    guard bytes.hasBytes("BM".utf8, at: 0), let pixels = long(10), let size = long(14),
      Self.sizes.contains(size), size <= bytes.byteCount - Self.fileHeaderSize
    else { return nil }
    let isCore = size == Self.coreSize
    guard let width = isCore ? short(18) : signed(18),
      let height = isCore ? short(20) : signed(22),
      let bitsPerPixel = short(isCore ? 24 : 28)
    else { return nil }
    (self.size, self.pixels) = (size, pixels)
    (self.width, self.height, self.bitsPerPixel) = (width, height, bitsPerPixel)
    if size >= Self.infoSize {
      guard let compression = long(30), let colours = long(46) else { return nil }
      (self.compression, self.colours) = (compression, colours)
    }
  }

  /// The bytes of one palette entry.
  var entrySize: Int { size == Self.coreSize ? 3 : 4 }

  var end: Int { Self.fileHeaderSize + size }

  /// The masks are inside the later headers, and after the header of 40 bytes.
  var masksSize: Int {
    guard size == Self.infoSize else { return 0 }
    return compression == 3 ? 12 : compression == 6 ? 16 : 0
  }

  /// Red, green, blue and alpha.
  func masks(_ bytes: RawSpan) -> [UInt32] {
    let count = size >= 56 || compression == 6 ? 4 : 3
    let masks = (0..<count).map { bytes.little(UInt32.self, at: Self.masksStart + $0 * 4) ?? 0 }
    return masks + (count == 3 ? [0] : [])
  }
}
