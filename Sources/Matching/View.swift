internal import Imaging

/// A whole picture reduced to few fields, to be found in another picture.
struct View {
  private static let mostRounds = 3
  /// Variance below which a field contains only noise.
  private static let noise: Float = 2
  /// Blocks per row and per column.
  private static let blocks = 8
  /// Weight of missing blocks: few blocks that agree prove little.
  private static let doubt: Float = 4

  /// Fields with a smaller difference, in levels, have the same light.
  private static let sameLight: Float = 1.5
  /// The share of such fields in two pictures of one scene.
  private static let mostlySame: Float = 0.8

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

  /// Moves the part as long as that increases the similarity.
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
    sampled(whole, part) { other in sums(other, 0, 0, count).correlation(noise: 1) }
  }

  /// The mean correlation of nine quarters, each overlapping the next by half: an overlay on a copy
  /// affects few of them.
  func quarters(with whole: LumaSquare, _ part: Part) -> Float {
    let (side, step) = (count / 2, count / 4)
    return sampled(whole, part) { other in
      (0..<9).reduce(0) { sum, quarter in
        let sums = sums(other, quarter % 3 * step, quarter / 3 * step, side)
        return sum + sums.correlation(noise: 1)
      } / 9
    }
  }

  /// The mean correlation of the blocks: an overlay on a copy affects few of them, and two skies
  /// agree in none.
  /// - Parameter weights: the weight of each block; nil for equal weights.
  func detail(with whole: LumaSquare, _ part: Part, weights: [Float]? = nil) -> Float {
    sampled(whole, part) { other in
      var (sum, total) = (Float(0), Self.doubt)
      for block in 0..<Self.blocks * Self.blocks {
        let weight = weights?[block] ?? 1
        sum += weight * sums(other, block).correlation(noise: Self.noise)
        total += weight
      }
      return sum / total
    }
  }

  /// The amount of detail in each block of either picture, 0…1: none in a sky with only noise.
  func weights(with whole: LumaSquare, _ part: Part) -> [Float] {
    sampled(whole, part) { other in
      (0..<Self.blocks * Self.blocks).map { block in
        let variance = sums(other, block).greaterVariance
        return variance / (variance + 1)
      }
    }
  }

  /// The greatest compact difference from a part of another picture that nothing explains.
  func residual(with whole: LumaSquare, _ part: Part) -> Float {
    sampled(whole, part) { other in
      Residual(Grid(side: count) { fields[$0] }, Grid(side: count) { other[$0] }).compact
    }
  }

  /// The same difference from a whole picture that agrees nearly everywhere; 0 for other pictures.
  func residualAtRest(with whole: LumaSquare) -> Float {
    sampled(whole, .whole) { other in
      let agreeing = fields.indices.count { abs(fields[$0] - other[$0]) < Self.sameLight }
      guard Float(agreeing) >= Self.mostlySame * Float(fields.count) else { return 0 }
      return Residual(Grid(side: count) { fields[$0] }, Grid(side: count) { other[$0] }).compact
    }
  }

  private func sums(_ other: UnsafeMutableBufferPointer<Float>, _ block: Int) -> Sums {
    let side = count / Self.blocks
    return sums(other, block % Self.blocks * side, block / Self.blocks * side, side)
  }

  /// Computes the sums over a square of the fields.
  private func sums(
    _ other: UnsafeMutableBufferPointer<Float>, _ left: Int, _ top: Int, _ side: Int
  ) -> Sums {
    var sums = Sums()
    for y in top..<top + side {
      for index in y * count + left..<y * count + left + side {
        sums.add(fields[index], other[index])
      }
    }
    return sums
  }

  /// Passes the fields of a part of another picture to `judge`.
  private func sampled<Found>(
    _ whole: LumaSquare, _ part: Part, _ judge: (UnsafeMutableBufferPointer<Float>) -> Found
  ) -> Found {
    let area = part.width * part.height * Float(Likeness.side * Likeness.side)
    let scale = Float(count * count) / area
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: count * count) { other in
      whole.sample(part, count, into: other)
      for index in other.indices { other[index] *= scale }
      return judge(other)
    }
  }
}
