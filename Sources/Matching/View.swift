internal import Imaging

/// A whole picture in few fields, to be found in another.
struct View {
  private static let mostRounds = 3
  /// Below this variance a field shows nothing but noise.
  private static let noise: Float = 2

  private let fields: [Float]
  private let count: Int

  init(_ square: LumaSquare, _ count: Int) {
    self.count = count
    let scale = Float(count * count) / Float(Likeness.side * Likeness.side)
    fields = [Float](unsafeUninitializedCapacity: count * count) { buffer, written in
      square.sample(.whole, count, into: buffer)
      for index in 0..<buffer.count { buffer[index] *= scale }
      written = count * count
    }
  }

  /// Moves the part while that makes it more alike.
  func climb(_ whole: LumaSquare, _ step: Float, _ best: inout Part, _ quality: inout Float) {
    let half = step / 2
    let moves: [(Float, Float, Float, Float)] = [
      (step, 0, 0, 0), (-step, 0, 0, 0), (0, step, 0, 0), (0, -step, 0, 0),
      (half, half, -step, -step), (-half, -half, step, step), (0, 0, -step, 0), (0, 0, step, 0),
      (step, 0, -step, 0), (-step, 0, step, 0), (0, 0, 0, -step), (0, 0, 0, step),
      (0, step, 0, -step), (0, -step, 0, step),
    ]
    for _ in 0..<Self.mostRounds {
      let before = quality
      for move in moves {
        guard let moved = best.moved(move.0, move.1, move.2, move.3) else { continue }
        let found = correlation(with: whole, moved)
        if found > quality { (best, quality) = (moved, found) }
      }
      if quality == before { return }
    }
  }

  /// The normalised cross-correlation with a part of another picture.
  func correlation(with whole: LumaSquare, _ part: Part) -> Float {
    let area = part.width * part.height * Float(Likeness.side * Likeness.side)
    let scale = Float(count * count) / area
    return sampled(whole, part) { other in
      var sums = Sums()
      for index in 0..<other.count { sums.add(fields[index], other[index] * scale) }
      return sums.correlation(noise: 1)
    }
  }

  /// The mean of the correlations within 64 blocks: what is laid over a copy spoils few of them, and
  /// two skies agree in none.
  func detail(with whole: LumaSquare, _ part: Part) -> Float {
    let size = count / 8
    let area = part.width * part.height * Float(Likeness.side * Likeness.side)
    let scale = Float(count * count) / area
    return sampled(whole, part) { other in
      var sum: Float = 0
      for block in 0..<64 {
        let start = (block >> 3) * size * count + (block & 7) * size
        var sums = Sums()
        for y in 0..<size {
          for x in 0..<size {
            let index = start + y * count + x
            sums.add(fields[index], other[index] * scale)
          }
        }
        sum += sums.correlation(noise: Self.noise)
      }
      return sum / 64
    }
  }

  private func sampled(
    _ whole: LumaSquare, _ part: Part, _ judge: (UnsafeMutableBufferPointer<Float>) -> Float
  ) -> Float {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count * count) { other in
      whole.sample(part, count, into: other)
      return judge(other)
    }
  }
}

/// What a correlation is made of.
private struct Sums {
  private var count: Float = 0
  private var one: Float = 0
  private var other: Float = 0
  private var oneSquared: Float = 0
  private var otherSquared: Float = 0
  private var product: Float = 0

  @inline(__always)
  mutating func add(_ left: Float, _ right: Float) {
    count += 1
    one += left
    other += right
    oneSquared += left * left
    otherSquared += right * right
    product += left * right
  }

  private var variances: (one: Float, other: Float) {
    (
      max(0, oneSquared - one * one / count) / count,
      max(0, otherSquared - other * other / count) / count
    )
  }

  /// - Parameter noise: added to both variances, so that noise agrees with nothing.
  func correlation(noise: Float) -> Float {
    let (left, right) = variances
    let spread = ((left + noise) * (right + noise)).squareRoot()
    return spread > 0 ? (product - one * other / count) / count / spread : 0
  }
}
