internal import Glibc
package import Imaging

/// The signs of low frequencies: Zauner, "Implementation and Benchmarking of Perceptual Image Hash
/// Functions" (2010), with PDQ's 16×16 frequencies, which leave the means of rows and columns out.
///
/// It uses the signs, not a comparison with the median as in PDQ: signs change exactly when a
/// picture is mirrored or turned, and they need no sorting.
package enum PerceptualHash {
  static let kept = 16

  typealias Row = SIMD16<Float>

  /// The likeness of a square plane of `Likeness.side` pixels.
  package static func likeness(of square: LumaPlane) -> Likeness? {
    let lines = square.pixels.map { Float($0) }
    guard lines.count == Likeness.side * Likeness.side else { return nil }
    let whole = Projection.whole.fingerprints(of: lines)
    var windows: [UInt8] = []
    windows.reserveCapacity(Likeness.windowsSize)
    for projection in Projection.windows {
      for fingerprint in projection.fingerprints(of: lines) {
        for word in 0..<4 {
          withUnsafeBytes(of: fingerprint.words[word].littleEndian) {
            windows.append(contentsOf: $0)
          }
        }
      }
    }
    guard let first = whole.first else { return nil }
    return Likeness(whole: first, windows: windows, luma: square.pixels)
  }

  /// The fingerprint of a plane of any size, which is stretched to a square.
  package static func of(_ luma: LumaPlane) -> Fingerprint {
    let square = luma.averaged(to: Likeness.side)
    let found = Projection.whole.fingerprints(of: square.pixels.map { Float($0) })
    return found.first ?? Fingerprint(0, 0, 0, 0)
  }
}

/// The transform of all windows of one size.
///
/// Rows are transformed once for each column of windows, and the window's frequencies are sampled
/// at its edges, which may lie between pixels: the picture is never resampled.
struct Projection {
  static let whole = Projection(side: 1, places: 1)
  static let windows = CropWindow.sizes.map { Projection(side: $0.side, places: $0.places) }

  private let spans: [Span]

  private init(side: Double, places: Int) {
    spans = (0..<places).map { place in
      let start = places == 1 ? 0 : (1 - side) * Double(place) / Double(places - 1)
      return Span(from: start * Double(Likeness.side), length: side * Double(Likeness.side))
    }
  }

  /// The fingerprints of all windows, row by row.
  func fingerprints(of pixels: [Float]) -> [Fingerprint] {
    let side = Likeness.side
    var found = [Fingerprint](repeating: Fingerprint(0, 0, 0, 0), count: spans.count * spans.count)
    pixels.withUnsafeBufferPointer { pixels in
      withUnsafeTemporaryAllocation(of: PerceptualHash.Row.self, capacity: side) { lines in
        for (column, across) in spans.enumerated() {
          across.transform(rows: pixels, into: lines)
          for (row, down) in spans.enumerated() {
            found[row * spans.count + column] = down.signs(of: lines)
          }
        }
      }
    }
    return found
  }
}

/// A part of a line, and the weight of each of its pixels in each frequency.
private struct Span {
  private let first: Int
  private let weights: [PerceptualHash.Row]
  /// The same weights, one frequency after the other.
  private let byFrequency: [Float]

  init(from start: Double, length: Double) {
    first = Int(start)
    let last = min(Likeness.side, Int((start + length).rounded(.up)))
    let weights = (first..<last).map { Self.weight(of: $0, from: start, length: length) }
    self.weights = weights
    byFrequency = (0..<PerceptualHash.kept).flatMap { frequency in weights.map { $0[frequency] } }
  }

  /// The integral of the cosines over the part of the pixel inside the window.
  private static func weight(of pixel: Int, from start: Double, length: Double)
    -> PerceptualHash.Row
  {
    var row = PerceptualHash.Row(repeating: 0)
    let left = max(0, Double(pixel) - start) / length
    let right = min(length, Double(pixel + 1) - start) / length
    for frequency in 0..<PerceptualHash.kept {
      let turn = Double.pi * Double(frequency + 1)
      row[frequency] = Float((sin(turn * right) - sin(turn * left)) / turn)
    }
    return row
  }

  func transform(
    rows pixels: UnsafeBufferPointer<Float>,
    into lines: UnsafeMutableBufferPointer<PerceptualHash.Row>
  ) {
    weights.withUnsafeBufferPointer { weights in
      for y in 0..<Likeness.side {
        let start = y * Likeness.side + first
        var sum = PerceptualHash.Row(repeating: 0)
        for x in 0..<weights.count { sum += pixels[start + x] * weights[x] }
        lines[y] = sum
      }
    }
  }

  func signs(of lines: UnsafeMutableBufferPointer<PerceptualHash.Row>) -> Fingerprint {
    var words = SIMD4<UInt64>()
    let count = weights.count
    byFrequency.withUnsafeBufferPointer { weights in
      for frequency in 0..<PerceptualHash.kept {
        var sum = PerceptualHash.Row(repeating: 0)
        for y in 0..<count { sum += weights[frequency * count + y] * lines[first + y] }
        var bits: UInt64 = 0
        for across in 0..<PerceptualHash.kept where sum[across] > 0 { bits |= 1 << UInt64(across) }
        words[frequency >> 2] |= bits << UInt64((frequency & 3) << 4)
      }
    }
    return Fingerprint(words[0], words[1], words[2], words[3])
  }
}
