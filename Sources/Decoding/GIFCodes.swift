/// Counts the pixels in a GIF frame's codes without decoding them.
///
/// Welch: "A Technique for High-Performance Data Compression" (1984), in GIF's variant.
struct GIFCodes {
  private static let mostCodes = 4096

  private let clear: Int
  /// The number of pixels of each code.
  private var lengths = [Int](repeating: 1, count: mostCodes)
  private var next: Int
  private var width: Int
  private var previous: Int?

  /// The number of pixels of the codes that begin with their size at an offset, at most `most`;
  /// fewer when they end early or one of them is invalid.
  static func pixels(_ bytes: RawSpan, at start: Int, most: Int) -> Int {
    guard let size = bytes.little(UInt8.self, at: start), size < 12 else { return 0 }
    var codes = GIFCodes(Int(size))
    var (bits, held, count) = (0, 0, 0)
    var place = start + 1
    while let length = bytes.little(UInt8.self, at: place), length > 0 {
      for index in 1...Int(length) {
        guard let byte = bytes.little(UInt8.self, at: place + index) else { return count }
        bits |= Int(byte) << held
        held += 8
        while held >= codes.width {
          let width = codes.width
          guard let more = codes.take(bits & (1 << width - 1)) else { return count }
          bits >>= width
          held -= width
          count += more
          guard count < most else { return most }
        }
      }
      place += Int(length) + 1
    }
    return count
  }

  private init(_ size: Int) {
    clear = 1 << size
    next = clear + 2
    width = size + 1
  }

  /// The number of pixels of one code; nil for the end mark and for an invalid code.
  private mutating func take(_ code: Int) -> Int? {
    if code == clear {
      (next, previous) = (clear + 2, nil)
      width = clear.trailingZeroBitCount + 1
      return 0
    }
    guard code != clear + 1 else { return nil }
    guard let last = previous else {
      guard code < clear else { return nil }
      previous = code
      return 1
    }
    let isNew = code == next && next < Self.mostCodes
    guard code < next || isNew else { return nil }
    let length = isNew ? lengths[last] + 1 : lengths[code]
    if next < Self.mostCodes {
      lengths[next] = lengths[last] + 1
      next += 1
      if next == 1 << width, width < 12 { width += 1 }
    }
    previous = code
    return length
  }
}
