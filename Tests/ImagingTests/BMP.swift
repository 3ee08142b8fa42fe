/// Writes BMP files of every kind; all but the ones with two colours show the same six pixels.
struct BMP {
  /// Red, green, blue above black, white, yellow, as blue, green, red.
  static let colours: [[UInt8]] = [
    [0, 0, 255], [0, 255, 0], [255, 0, 0], [0, 0, 0], [255, 255, 255], [0, 255, 255],
  ]
  /// The decoded pixels: red, green, blue, row by row from the top.
  static let expected: [UInt8] = colours.flatMap { $0.reversed() }

  var header = 40
  var width = 3
  var height = 2
  var planes: UInt16 = 1
  var bits: UInt16 = 24
  var compression: UInt32 = 0
  var said: UInt32 = 0
  var masks: [UInt32] = []
  var palette: [[UInt8]] = []
  var gap = 0
  var pixels: [UInt8]

  var bytes: [UInt8] {
    let entry = header == 12 ? 3 : 4
    let table: [UInt8] = palette.flatMap { colour in (colour + [0]).prefix(entry) }
    let body = body
    let offset = UInt32(14 + body.count + table.count + gap)
    var file: [UInt8] = Array("BM".utf8) + [0, 0, 0, 0, 0, 0, 0, 0] + Self.little(offset)
    file += body
    file += table
    file += [UInt8](repeating: 7, count: gap)
    return file + pixels
  }

  private var body: [UInt8] {
    var masks: [UInt8] = []
    for mask in self.masks { masks += Self.little(mask) }
    if header <= 40 { return fields + masks }
    // The later headers have the masks inside.
    return fields + masks + [UInt8](repeating: 0, count: header - 40 - masks.count)
  }

  private var fields: [UInt8] {
    var fields = Self.little(UInt32(header))
    if header == 12 {
      fields += Self.little(UInt16(width)) + Self.little(UInt16(height))
      return fields + Self.little(planes) + Self.little(bits)
    }
    fields += Self.little(Int32(width)) + Self.little(Int32(height))
    fields += Self.little(planes) + Self.little(bits) + Self.little(compression)
    fields += [UInt8](repeating: 0, count: 12) + Self.little(said) + Self.little(UInt32(0))
    return Array(fields.prefix(header))
  }

  static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

extension BMP {
  private static let indexed: [UInt8] = [3, 4, 5, 0, 0, 1, 2, 0]
  private static let packed: [UInt8] = [0x34, 0x50, 0, 0, 0x01, 0x20, 0, 0]

  private static func rows(_ pixel: ([UInt8]) -> [UInt8], padding: Int, topDown: Bool = false)
    -> [UInt8]
  {
    let rows = [colours.prefix(3), colours.suffix(3)].map { row in
      row.flatMap(pixel) + [UInt8](repeating: 0, count: padding)
    }
    return (topDown ? rows : rows.reversed()).flatMap { $0 }
  }

  private static func word(_ colour: [UInt8], _ green: Int) -> [UInt8] {
    let red = UInt16(colour[2]) * 31 / 255 * (1 << UInt16(5 + green))
    let middle = UInt16(colour[1]) / 255 * ((1 << UInt16(green)) - 1) * (1 << 5)
    return little(red | middle | UInt16(colour[0]) * 31 / 255)
  }

  /// One file of each kind that shows the six pixels.
  static let kinds: [(name: String, file: BMP)] = [
    ("OS/2 1, 24 bits", BMP(header: 12, pixels: rows({ $0 }, padding: 3))),
    ("OS/2 1, 8 bits", BMP(header: 12, bits: 8, palette: colours, pixels: indexed)),
    ("OS/2 2 of 16 bytes", BMP(header: 16, pixels: rows({ $0 }, padding: 3))),
    ("24 bits", BMP(pixels: rows({ $0 }, padding: 3))),
    ("24 bits, the last filling missing", BMP(pixels: rows({ $0 }, padding: 3).dropLast(3))),
    ("top-down", BMP(height: -2, pixels: rows({ $0 }, padding: 3, topDown: true))),
    ("a gap before the pixels", BMP(gap: 9, pixels: rows({ $0 }, padding: 3))),
    ("32 bits", BMP(bits: 32, pixels: rows({ $0 + [0] }, padding: 0))),
    ("16 bits", BMP(bits: 16, pixels: rows({ word($0, 5) }, padding: 2))),
    (
      "16 bits, 565",
      BMP(
        bits: 16, compression: 3, masks: [0xf800, 0x07e0, 0x001f],
        pixels: rows({ word($0, 6) }, padding: 2))
    ),
    (
      "32 bits, other places",
      BMP(
        bits: 32, compression: 3, masks: [0xff00_0000, 0x00ff_0000, 0x0000_ff00],
        pixels: rows({ [0] + $0 }, padding: 0))
    ),
    (
      "10 bits a channel",
      BMP(
        header: 52, bits: 32, compression: 3, masks: [0x3ff0_0000, 0x000f_fc00, 0x0000_03ff],
        pixels: rows(
          { colour in
            let tens = colour.map { UInt32($0) * 1023 / 255 }
            return little(tens[2] << 20 | tens[1] << 10 | tens[0])
          }, padding: 0))
    ),
    ("Windows 4", BMP(header: 108, pixels: rows({ $0 }, padding: 3))),
    ("Windows 5", BMP(header: 124, pixels: rows({ $0 }, padding: 3))),
    ("8 bits", BMP(bits: 8, said: 6, palette: colours, pixels: indexed)),
    ("4 bits", BMP(bits: 4, said: 6, palette: colours, pixels: packed)),
    ("runs of 8 bits", runs(8, [1, 3, 1, 4, 1, 5, 0, 0, 0, 3, 0, 1, 2, 0, 0, 1])),
    ("runs of 4 bits", runs(4, [2, 0x34, 1, 0x50, 0, 0, 0, 3, 0x01, 0x20, 0, 1])),
    ("runs without their end", runs(8, [1, 3, 1, 4, 1, 5, 0, 0, 1, 0, 1, 1, 1, 2])),
    ("runs with a step", runs(8, [1, 3, 0, 2, 0, 0, 1, 4, 1, 5, 0, 0, 0, 3, 0, 1, 2, 0, 0, 1])),
  ]

  static func runs(_ bits: UInt16, _ pixels: [UInt8]) -> BMP {
    BMP(
      bits: bits, compression: bits == 8 ? 1 : 2, said: 6, palette: colours, pixels: pixels)
  }
}
