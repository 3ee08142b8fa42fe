/// Finds the frame of one colour that programs put around a picture.
///
/// Opposite sides must have one colour, so that a plain sky is not a frame, and so that a turned or
/// mirrored copy loses the same lines as its original.
enum BorderTrim {
  private static let mostShare = 0.3
  /// The maximum deviation of brightness along a line; recompression causes about 2.
  private static let mostDeviation: Float = 5
  private static let mostDifference: Float = 8

  /// The area inside the frame, or the whole plane without a frame.
  static func area(of plane: LumaPlane) -> Area {
    var area = Area(left: 0, top: 0, right: plane.width, bottom: plane.height)
    let rows = frame(plane.height) { Line(plane, row: $0, area) }
    (area.top, area.bottom) = (rows.before, plane.height - rows.after)
    let columns = frame(plane.width) { Line(plane, column: $0, area) }
    (area.left, area.right) = (columns.before, plane.width - columns.after)
    return area
  }

  /// The frame's number of lines at both ends.
  private static func frame(_ count: Int, _ line: (Int) -> Line) -> (before: Int, after: Int) {
    let (first, last) = (line(0), line(count - 1))
    guard first.isPlain, last.isPlain, first.isLike(last) else { return (0, 0) }
    let most = Int(Double(count) * mostShare)
    func length(_ place: (Int) -> Int, _ outermost: Line) -> Int {
      var length = 1
      while length < most {
        let next = line(place(length))
        guard next.isPlain, next.isLike(outermost) else { break }
        length += 1
      }
      return min(length, most)
    }
    return (length({ $0 }, first), length({ count - 1 - $0 }, last))
  }

  /// The brightness of one row or column.
  private struct Line {
    private let mean: Float
    private let deviation: Float

    init(_ plane: LumaPlane, row: Int, _ area: Area) {
      self.init(area.right - area.left) { plane.pixels[row * plane.width + area.left + $0] }
    }

    init(_ plane: LumaPlane, column: Int, _ area: Area) {
      self.init(area.bottom - area.top) { plane.pixels[(area.top + $0) * plane.width + column] }
    }

    private init(_ count: Int, _ pixel: (Int) -> UInt8) {
      var (sum, squares): (Float, Float) = (0, 0)
      for index in 0..<count {
        let value = Float(pixel(index))
        sum += value
        squares += value * value
      }
      mean = sum / Float(count)
      deviation = max(0, squares / Float(count) - mean * mean).squareRoot()
    }

    var isPlain: Bool { deviation < mostDeviation }

    func isLike(_ other: Line) -> Bool { abs(mean - other.mean) < mostDifference }
  }
}
