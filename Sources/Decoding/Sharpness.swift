/// The sharpness of the sharpest part of a picture, so that a blurred background does not count.
///
/// The Laplacian's deviation is the usual measure (Pech-Pacheco et al., "Diatom autofocusing in
/// brightfield microscopy: a comparative study", 2000); alone it distinguishes strong and weak
/// contrasts. Divided by the deviation of luma in each block, it measures fine detail.
enum Sharpness {
  /// The side of a block, in pixels.
  private static let block = 8
  /// Blocks with less contrast contain only noise.
  private static let leastDeviation = 5.0
  private static let leastBlocks = 4
  private static let share = 0.9

  /// The 90th percentile of all blocks with some contrast; nil when there are too few.
  static func of(_ plane: LumaPlane) -> Double? {
    var ratios: [Double] = []
    plane.pixels.withUnsafeBufferPointer { pixels in
      for top in stride(from: 0, through: plane.height - block, by: block) {
        for left in stride(from: 0, through: plane.width - block, by: block) {
          if let ratio = ratio(pixels, plane.width, plane.height, left, top) {
            ratios.append(ratio)
          }
        }
      }
    }
    guard ratios.count >= leastBlocks else { return nil }
    ratios.sort()
    let place = share * Double(ratios.count - 1)
    let below = Int(place)
    let above = min(below + 1, ratios.count - 1)
    return ratios[below] + (place - Double(below)) * (ratios[above] - ratios[below])
  }

  private static func ratio(
    _ pixels: UnsafeBufferPointer<UInt8>, _ width: Int, _ height: Int, _ left: Int, _ top: Int
  ) -> Double? {
    var (light, edge) = (Spread(), Spread())
    for y in top..<top + block {
      let row = y * width
      let above = max(y - 1, 0) * width
      let below = min(y + 1, height - 1) * width
      for x in left..<left + block {
        let value = Int(pixels[row + x])
        let across = Int(pixels[row + max(x - 1, 0)]) + Int(pixels[row + min(x + 1, width - 1)])
        light.add(value)
        edge.add(Int(pixels[above + x]) + Int(pixels[below + x]) + across - 4 * value)
      }
    }
    let deviation = light.deviation(of: block * block)
    return deviation < leastDeviation ? nil : edge.deviation(of: block * block) / (deviation + 1)
  }

  private struct Spread {
    private var sum = 0
    private var squares = 0

    mutating func add(_ value: Int) {
      sum += value
      squares += value * value
    }

    func deviation(of count: Int) -> Double {
      let mean = Double(sum) / Double(count)
      return max(0, Double(squares) / Double(count) - mean * mean).squareRoot()
    }
  }
}
