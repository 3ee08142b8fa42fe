internal import Imaging

/// Microsoft's run-length coding of palette indices, 8 or 4 bits a pixel.
///
/// Rows are ordered from the bottom up; skipped pixels keep index 0.
enum BMPRuns {
  /// One index per byte, bottom row first; throws when the runs leave the picture or end too early.
  ///
  /// Pixels beyond a row's end are ignored: some programs round their runs up.
  static func indices(_ bytes: RawSpan, _ header: BMPHeader) throws(DecodeFailure) -> [UInt8] {
    var plane = Plane(width: header.width, height: header.height)
    var place = header.pixels
    let isHalf = header.bitsPerPixel == 4
    while let count = bytes.little(UInt8.self, at: place),
      let value = bytes.little(UInt8.self, at: place + 1)
    {
      place += 2
      switch (count, value) {
      case (1..., _): try plane.run(Int(count), value, isHalf: isHalf)
      case (0, 0): plane.endRow()
      case (0, 1): return plane.indices
      case (0, 2):
        guard let right = bytes.little(UInt8.self, at: place),
          let up = bytes.little(UInt8.self, at: place + 1)
        else { throw .damaged }
        try plane.skip(Int(right), Int(up))
        place += 2
      default:
        try plane.copy(Int(value), bytes, at: place, isHalf: isHalf)
        let size = isHalf ? (Int(value) + 1) / 2 : Int(value)
        place += size + size & 1
      }
    }
    // The end mark may be missing, but pixels may not.
    guard plane.isFull else { throw .damaged }
    return plane.indices
  }

  private struct Plane {
    private let width: Int
    private let height: Int
    private var x = 0
    private var y = 0
    private(set) var indices: [UInt8]

    init(width: Int, height: Int) {
      (self.width, self.height) = (width, height)
      indices = [UInt8](repeating: 0, count: width * height)
    }

    var isFull: Bool { y >= height || y == height - 1 && x == width }

    mutating func endRow() {
      x = 0
      y += 1
    }

    mutating func skip(_ right: Int, _ up: Int) throws(DecodeFailure) {
      x += right
      y += up
      guard x <= width, y <= height else { throw .damaged }
    }

    mutating func run(_ count: Int, _ value: UInt8, isHalf: Bool) throws(DecodeFailure) {
      let place = try reserve(count)
      for index in 0..<place.count {
        indices[place.lowerBound + index] =
          !isHalf ? value : index & 1 == 0 ? value >> 4 : value & 15
      }
    }

    mutating func copy(_ count: Int, _ bytes: RawSpan, at start: Int, isHalf: Bool)
      throws(DecodeFailure)
    {
      let place = try reserve(count)
      for index in 0..<place.count {
        let from = isHalf ? start + index / 2 : start + index
        guard let value = bytes.little(UInt8.self, at: from) else { throw .damaged }
        indices[place.lowerBound + index] =
          !isHalf ? value : index & 1 == 0 ? value >> 4 : value & 15
      }
    }

    /// The range of the next pixels, limited by the end of the row.
    private mutating func reserve(_ count: Int) throws(DecodeFailure) -> Range<Int> {
      guard y < height else { throw .damaged }
      let start = y * width + x
      x = min(x + count, width)
      return start..<y * width + x
    }
  }
}
