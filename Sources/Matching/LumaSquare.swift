internal import Imaging

/// A picture of `Likeness.side` pixels each way whose rectangles are averaged in no time: it keeps
/// the sums of all rectangles that begin at its corner (Crow, "Summed-area tables", 1984).
package struct LumaSquare: Sendable {
  private static let side = Likeness.side
  private static let stride = side + 1

  private let sums: [Float]

  /// Nil when there are not that many pixels.
  /// - Parameter orientation: how to turn it first, 1…8 as in EXIF.
  package init?(_ pixels: [UInt8], turned orientation: Int = 1) {
    guard pixels.count == Self.side * Self.side else { return nil }
    let mean = Float(pixels.reduce(0) { $0 + Int($1) }) / Float(pixels.count)
    var sums = [Float](repeating: 0, count: Self.stride * Self.stride)
    for y in 0..<Self.side {
      var row: Float = 0
      for x in 0..<Self.side {
        row += Float(pixels[Self.source(x, y, orientation)]) - mean
        sums[(y + 1) * Self.stride + x + 1] = sums[y * Self.stride + x + 1] + row
      }
    }
    self.sums = sums
  }

  private static func source(_ x: Int, _ y: Int, _ orientation: Int) -> Int {
    let last = side - 1
    switch orientation {
    case 2: return y * side + last - x
    case 3: return (last - y) * side + last - x
    case 4: return (last - y) * side + x
    case 5: return x * side + y
    case 6: return (last - x) * side + y
    case 7: return (last - x) * side + last - y
    case 8: return x * side + last - y
    default: return y * side + x
    }
  }

  /// Averages a part into `count` by `count` fields.
  func sample(_ part: Part, _ count: Int, into fields: UnsafeMutableBufferPointer<Float>) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * (count + 1)) { lines in
      for edge in 0...count {
        let now = (edge & 1) * (count + 1), before = (count + 1) - now
        line(at: part.y + part.height * Float(edge) / Float(count), part, count, lines, now)
        guard edge > 0 else { continue }
        let start = (edge - 1) * count
        for x in 0..<count {
          let lower = lines[now + x + 1] - lines[now + x]
          fields[start + x] = lower - (lines[before + x + 1] - lines[before + x])
        }
      }
    }
  }

  /// The sums of rectangles whose lower edge is at `y`, one for each right edge.
  private func line(
    at y: Float, _ part: Part, _ count: Int, _ lines: UnsafeMutableBufferPointer<Float>,
    _ start: Int
  ) {
    let place = y * Float(Self.side)
    let row = min(Self.side - 1, Int(place))
    let down = place - Float(row)
    sums.withUnsafeBufferPointer { sums in
      let upper = row * Self.stride, lower = upper + Self.stride
      let step = part.width * Float(Self.side) / Float(count)
      for edge in 0...count {
        let across = part.x * Float(Self.side) + step * Float(edge)
        let column = min(Self.side - 1, Int(across))
        let right = across - Float(column)
        let above = sums[upper + column] + right * (sums[upper + column + 1] - sums[upper + column])
        let below = sums[lower + column] + right * (sums[lower + column + 1] - sums[lower + column])
        lines[start + edge] = above + down * (below - above)
      }
    }
  }
}

/// A rectangle within a picture; 0…1 is the whole.
package struct Part: Sendable, Equatable {
  /// Where it begins, from the left.
  package let x: Float
  /// Where it begins, from the top.
  package let y: Float
  /// Its share of the width.
  package let width: Float
  /// Its share of the height.
  package let height: Float

  /// All of it.
  package static let whole = Part(x: 0, y: 0, width: 1, height: 1)
  private static let least: Float = 0.5

  /// Nil when it leaves the picture, or is too small to say anything.
  func moved(_ x: Float, _ y: Float, _ width: Float, _ height: Float) -> Part? {
    let moved = Part(
      x: self.x + x, y: self.y + y, width: self.width + width, height: self.height + height)
    guard moved.x >= 0, moved.y >= 0, moved.x + moved.width <= 1, moved.y + moved.height <= 1,
      moved.width >= Self.least, moved.height >= Self.least
    else { return nil }
    return moved
  }
}
