import Decoding
import Imaging
import Testing

@Suite struct BitmapTests {
  private func samples(_ bytes: [UInt8]) throws(DecodeFailure) -> [UInt8] {
    try Bitmap(bytes.span.bytes).bytes
  }

  @Test(arguments: BMP.kinds.indices) func allVariantsShowTheSamePixels(_ index: Int) throws {
    let (name, file) = BMP.kinds[index]
    #expect(try samples(file.bytes) == BMP.expected, "\(name)")
  }

  /// All truncated files are refused, except those without the final padding.
  @Test(arguments: BMP.kinds.indices) func truncatedFilesAreRefused(_ index: Int) throws {
    let (name, file) = BMP.kinds[index]
    let bytes = file.bytes
    let whole = try samples(bytes)
    for length in 0..<bytes.count {
      let found = try? samples(Array(bytes.prefix(length)))
      #expect(found == nil || found == whole && length > bytes.count - 4, "\(name), \(length)")
    }
  }

  @Test func alphaIsKept() throws {
    let masks: [UInt32] = [0x00ff_0000, 0x0000_ff00, 0x0000_00ff, 0xff00_0000]
    let file = BMP(
      header: 124, width: 1, height: 1, bits: 32, compression: 3, masks: masks,
      pixels: [1, 2, 3, 4])
    #expect(try samples(file.bytes) == [3, 2, 1, 4])
    let without = BMP(width: 1, height: 1, bits: 32, pixels: [1, 2, 3, 4])
    #expect(try samples(without.bytes) == [3, 2, 1])
  }

  @Test func smallPalettesArePacked() throws {
    let two = Array(BMP.colours.prefix(2))
    let one = BMP(width: 3, height: 1, bits: 1, palette: two, pixels: [0b0100_0000, 0, 0, 0])
    #expect(try samples(one.bytes) == [255, 0, 0, 0, 255, 0, 255, 0, 0])
    let four = BMP(
      width: 3, height: 1, bits: 2, palette: Array(BMP.colours.prefix(4)),
      pixels: [0b1001_0000, 0, 0, 0])
    #expect(try samples(four.bytes) == [0, 0, 255, 0, 255, 0, 255, 0, 0])
  }

  @Test func indexesBeyondThePaletteAreBlack() throws {
    let file = BMP(
      width: 1, height: 1, bits: 8, said: 2, palette: Array(BMP.colours.prefix(2)),
      pixels: [9, 0, 0, 0])
    #expect(try samples(file.bytes) == [0, 0, 0])
  }

  @Test func skippedPixelsKeepTheFirstColour() throws {
    let file = BMP.runs(8, [0, 2, 1, 1, 1, 4, 0, 1])
    let red: [UInt8] = [255, 0, 0]
    #expect(try samples(file.bytes) == red + [255, 255, 255] + red + red + red + red)
  }

  @Test(arguments: [[4, 4, 0, 1], [0, 4, 4, 4, 4, 4, 0, 1], [255, 4, 9, 0, 0, 1]] as [[UInt8]])
  func runsEndWithTheirRow(_ runs: [UInt8]) throws {
    let red: [UInt8] = [255, 0, 0]
    let white: [UInt8] = [255, 255, 255]
    let expected = red + red + red + white + white + white
    #expect(try samples(BMP.runs(8, runs).bytes) == expected)
  }

  static let wrong: [(String, BMP)] = [
    ("no width", BMP(width: 0, pixels: [0])), ("no height", BMP(height: 0, pixels: [0])),
    ("a negative width", BMP(width: -3, pixels: [UInt8](repeating: 0, count: 24))),
    ("13 bits", BMP(bits: 13, pixels: [UInt8](repeating: 0, count: 24))),
    ("a JPEG inside", BMP(compression: 4, pixels: [UInt8](repeating: 0, count: 24))),
    ("a huge palette", BMP(bits: 8, said: 1 << 30, palette: BMP.colours, pixels: [0, 0, 0, 0])),
    (
      "a mask with a hole",
      BMP(
        bits: 16, compression: 3, masks: [0xf100, 0x7e0, 0x1f],
        pixels: [UInt8](repeating: 0, count: 24))
    ),
    ("a run above the top", BMP.runs(8, [0, 0, 0, 0, 1, 0, 0, 1])),
    ("a step beyond the row", BMP.runs(8, [0, 2, 4, 0, 0, 1])),
    ("a step above the top", BMP.runs(8, [0, 2, 0, 3, 0, 1])),
    ("runs that stop early", BMP.runs(8, [3, 0, 0, 0, 2, 0])),
  ]

  @Test(arguments: wrong.indices) func invalidFilesAreRefused(_ index: Int) {
    let (name, file) = Self.wrong[index]
    #expect(throws: DecodeFailure.self, "\(name)") { try samples(file.bytes) }
    #expect(throws: DecodeFailure.self, "\(name)") { try Bitmap.check(file.bytes.span.bytes) }
  }

  /// No changed byte crashes the reader or makes its answer inconsistent.
  @Test(arguments: BMP.kinds.indices) func changedBytesDoNotCrashTheDecoder(_ index: Int) {
    let bytes = BMP.kinds[index].file.bytes
    for place in bytes.indices {
      for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
        var broken = bytes
        broken[place] = value
        let span = broken.span.bytes
        guard (try? Outline.checked(span, .bmp, mostPixels: 1000)) != nil,
          let picture = try? Bitmap.check(span)
        else { continue }
        let bitmap = try? Bitmap(span)
        #expect(bitmap?.width == picture.width && bitmap?.height == picture.height)
      }
    }
  }
}
