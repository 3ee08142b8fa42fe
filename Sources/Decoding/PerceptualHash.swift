internal import Glibc
package import Imaging

/// 256 signs of low frequencies: Zauner, "Implementation and Benchmarking of Perceptual Image Hash
/// Functions" (2010), in the layout of PDQ: 16×16 coefficients without the first row and column.
package enum PerceptualHash {
  /// The plane's side that is transformed.
  package static let side = 64
  private static let kept = 16

  private typealias Row = SIMD16<Float>

  /// The fingerprint of a plane of any size: stretched to a square, transformed, cut at the median.
  package static func of(_ luma: LumaPlane) -> Fingerprint {
    let plane =
      luma.width == side && luma.height == side ? luma : luma.averaged(to: side)
    let coefficients = transform(plane.pixels)
    let median = coefficients.sorted()[coefficients.count / 2 - 1]
    func word(_ start: Int) -> UInt64 {
      (0..<64).reduce(0) { coefficients[start + $1] > median ? $0 | 1 << UInt64($1) : $0 }
    }
    return Fingerprint(word(0), word(64), word(128), word(192))
  }

  /// The two-dimensional DCT-II, frequencies 1…16 each way.
  private static func transform(_ pixels: [UInt8]) -> [Float] {
    let lines = (0..<side).map { y in
      var sum = Row(repeating: 0)
      for x in 0..<side { sum += Float(pixels[y * side + x]) * basis[x] }
      return sum
    }
    return (0..<kept).flatMap { frequency in
      var sum = Row(repeating: 0)
      for y in 0..<side { sum += basis[y][frequency] * lines[y] }
      return (0..<kept).map { sum[$0] }
    }
  }

  /// For each place of a line the cosines of the frequencies kept.
  private static let basis: [Row] = (0..<side).map { place in
    var row = Row(repeating: 0)
    for frequency in 0..<kept {
      let angle = Double.pi / Double(2 * side) * Double((frequency + 1) * (2 * place + 1))
      row[frequency] = Float(cos(angle))
    }
    return row
  }
}
