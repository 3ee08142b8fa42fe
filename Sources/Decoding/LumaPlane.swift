package import Imaging

/// The brightness of a picture, 0…255, row by row.
package struct LumaPlane: Sendable, Equatable {
  /// Pixels across, at least 1.
  package let width: Int
  /// Pixels down, at least 1.
  package let height: Int
  /// Width times height values.
  package let pixels: [UInt8]

  /// Makes a plane; nil when the number of pixels is not width times height, or is 0.
  package init?(pixels: [UInt8], width: Int, height: Int) {
    guard width > 0, height > 0, pixels.count == width * height else { return nil }
    self.init(unchecked: pixels, width, height)
  }

  private init(unchecked pixels: [UInt8], _ width: Int, _ height: Int) {
    self.pixels = pixels
    self.width = width
    self.height = height
  }

  /// Weighs RGB as JPEG does, and copies a single band; nil for any other layout.
  init?(samples: UnsafeBufferPointer<UInt8>, bands: Int, width: Int, height: Int) {
    guard samples.count == width * height * bands else { return nil }
    if bands == 1 {
      self.init(pixels: Array(samples), width: width, height: height)
    } else if bands == 3 {
      let pixels = stride(from: 0, to: samples.count, by: 3).map { start in
        let red = Int(samples[start]), green = Int(samples[start + 1])
        let blue = Int(samples[start + 2])
        return UInt8((red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16)
      }
      self.init(pixels: pixels, width: width, height: height)
    } else {
      return nil
    }
  }

  /// The plane stretched to a square by an exact area average.
  package func averaged(to side: Int) -> LumaPlane {
    averaged(to: side, Area(left: 0, top: 0, right: width, bottom: height))
  }

  /// A part of the plane stretched to a square by an exact area average.
  func averaged(to side: Int, _ area: Area) -> LumaPlane {
    let columns = Share.all(of: area.left..<area.right, in: side)
    let rows = Share.all(of: area.top..<area.bottom, in: side)
    var square = [UInt8](repeating: 0, count: side * side)
    pixels.withUnsafeBufferPointer { pixels in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { lines in
        for (y, row) in rows.enumerated() {
          row.addUp(pixels, width: width, into: lines)
          for (x, column) in columns.enumerated() {
            square[y * side + x] = UInt8(column.average(of: lines) + 0.5)
          }
        }
      }
    }
    return LumaPlane(unchecked: square, side, side)
  }

  /// Returns the likeness of the picture, upright and without its border.
  package func likeness(orientation: Int) -> Likeness? {
    let square = averaged(to: Likeness.side, BorderTrim.area(of: self))
    return PerceptualHash.likeness(of: square.upright(from: orientation))
  }

  /// The plane after the EXIF orientation, 1...8, is applied.
  package func upright(from orientation: Int) -> LumaPlane {
    guard (2...8).contains(orientation) else { return self }
    let (across, down) = orientation >= 5 ? (height, width) : (width, height)
    let (right, bottom) = (width - 1, height - 1)
    var turned: [UInt8] = []
    turned.reserveCapacity(pixels.count)
    for y in 0..<down {
      for x in 0..<across {
        let from =
          switch orientation {
          case 2: (right - x, y)
          case 3: (right - x, bottom - y)
          case 4: (x, bottom - y)
          case 5: (y, x)
          case 6: (y, bottom - x)
          case 7: (right - y, bottom - x)
          default: (right - y, x)
          }
        turned.append(pixels[from.1 * width + from.0])
      }
    }
    return LumaPlane(unchecked: turned, across, down)
  }
}

/// A rectangle of whole pixels, at least one.
struct Area: Equatable {
  var left: Int
  var top: Int
  var right: Int
  var bottom: Int
}

/// The pixels of a line, and their weights, that make one pixel of a shorter or longer line.
private struct Share {
  private let first: Int
  private let weights: [Float]

  static func all(of pixels: Range<Int>, in count: Int) -> [Share] {
    (0..<count).map { index in
      let start = Double(index * pixels.count) / Double(count)
      let end = Double((index + 1) * pixels.count) / Double(count)
      let last = min(pixels.count - 1, Int(end.rounded(.up)) - 1)
      let first = min(last, Int(start))
      let weights = (first...last).map { pixel in
        Float((min(end, Double(pixel + 1)) - max(start, Double(pixel))) / (end - start))
      }
      return Share(first: pixels.lowerBound + first, weights: weights)
    }
  }

  /// The weighted sum of whole rows.
  func addUp(
    _ pixels: UnsafeBufferPointer<UInt8>, width: Int, into line: UnsafeMutableBufferPointer<Float>
  ) {
    for x in 0..<width { line[x] = 0 }
    for (offset, weight) in weights.enumerated() {
      let row = UnsafeBufferPointer(
        rebasing: pixels[(first + offset) * width..<(first + offset + 1) * width])
      for x in 0..<width { line[x] += weight * Float(row[x]) }
    }
  }

  func average(of line: UnsafeMutableBufferPointer<Float>) -> Float {
    var sum: Float = 0
    for (offset, weight) in weights.enumerated() { sum += weight * line[first + offset] }
    return sum
  }
}
