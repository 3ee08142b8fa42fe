internal import Imaging

/// A picture of `Likeness.side` by `Likeness.side` pixels as a summed-area table, which gives the
/// mean of any rectangle in constant time (Crow, "Summed-area tables", 1984).
package struct LumaSquare: Sendable {
  private static let side = Likeness.side
  private static let stride = side + 1

  /// Radius of the neighbourhood for normalisation.
  private static let reach = 8
  /// Variance below which there is only noise to normalise.
  private static let noise: Float = 9
  /// The standard deviation after normalisation.
  private static let contrast: Float = 32

  private let sums: [Float]

  /// Makes the table; nil when the number of pixels is different.
  /// - Parameter orientation: the orientation to apply first, 1…8 as in EXIF.
  package init?(_ pixels: [UInt8], turned orientation: Int = 1) {
    guard pixels.count == Self.side * Self.side else { return nil }
    self.init(values: pixels.map { Float($0) }, turned: orientation)
  }

  /// Normalises the picture: subtracts the local mean and divides by the local deviation.
  ///
  /// Then an overlay or different light on a copy changes only the pixels that it covers, and
  /// common shadows do not make two pictures similar.
  init?(even pixels: [UInt8], turned orientation: Int = 1) {
    guard pixels.count == Self.side * Self.side else { return nil }
    let average = Self.mean(of: pixels.map { Float($0) })
    let centred = pixels.map { Float($0) - average }
    let plain = LumaSquare(shifting: centred, 0, 1)
    let squares = LumaSquare(shifting: centred.map { $0 * $0 }, 0, 1)
    var values: [Float] = []
    values.reserveCapacity(pixels.count)
    for y in 0..<Self.side {
      let top = max(0, y - Self.reach), bottom = min(Self.side, y + Self.reach + 1)
      for x in 0..<Self.side {
        let left = max(0, x - Self.reach), right = min(Self.side, x + Self.reach + 1)
        let count = Float((right - left) * (bottom - top))
        let mean = plain.sum(left, top, right, bottom) / count
        let spread = squares.sum(left, top, right, bottom) / count - mean * mean
        let value = centred[y * Self.side + x] - mean
        values.append(Self.contrast * value / (max(0, spread) + Self.noise).squareRoot())
      }
    }
    self.init(values: values, turned: orientation)
  }

  private init(values: [Float], turned orientation: Int) {
    self.init(shifting: values, Self.mean(of: values), orientation)
  }

  private static func mean(of values: [Float]) -> Float {
    values.reduce(0, +) / Float(values.count)
  }

  private init(shifting values: [Float], _ mean: Float, _ orientation: Int) {
    var sums = [Float](repeating: 0, count: Self.stride * Self.stride)
    for y in 0..<Self.side {
      var row: Float = 0
      for x in 0..<Self.side {
        row += values[Self.source(x, y, orientation)] - mean
        sums[(y + 1) * Self.stride + x + 1] = sums[y * Self.stride + x + 1] + row
      }
    }
    self.sums = sums
  }

  private func sum(_ left: Int, _ top: Int, _ right: Int, _ bottom: Int) -> Float {
    let lower = sums[bottom * Self.stride + right] - sums[bottom * Self.stride + left]
    return lower - sums[top * Self.stride + right] + sums[top * Self.stride + left]
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

  /// Averages a part over a grid of `count` by `count` fields.
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

  /// The sums of rectangles with the lower edge `y`, one for each right edge.
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

/// A rectangle in a picture, in coordinates 0…1.
package struct Part: Sendable, Equatable {
  /// Left edge.
  package let x: Float
  /// Top edge.
  package let y: Float
  /// Width.
  package let width: Float
  /// Height.
  package let height: Float

  /// The whole picture.
  package static let whole = Part(x: 0, y: 0, width: 1, height: 1)
  private static let least: Float = 0.5

  /// The moved rectangle; nil when it leaves the picture or is too small.
  func moved(_ x: Float, _ y: Float, _ width: Float, _ height: Float) -> Part? {
    let moved = Part(
      x: self.x + x, y: self.y + y, width: self.width + width, height: self.height + height)
    guard moved.x >= 0, moved.y >= 0, moved.x + moved.width <= 1, moved.y + moved.height <= 1,
      moved.width >= Self.least, moved.height >= Self.least
    else { return nil }
    return moved
  }
}
