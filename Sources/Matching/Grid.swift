/// A square of numbers, row by row.
struct Grid {
  let side: Int
  private(set) var values: [Float]

  /// Makes the number at each index.
  init(side: Int, _ value: (Int) -> Float) {
    self.side = side
    values = [Float](unsafeUninitializedCapacity: side * side) { buffer, count in
      for index in 0..<side * side { buffer[index] = value(index) }
      count = side * side
    }
  }

  subscript(index: Int) -> Float { values[index] }

  /// The mean of the neighbours within `reach`; at an edge, of those that exist.
  func averaged(_ reach: Int) -> Grid {
    // Each step exchanges rows and columns.
    averagedRows(reach).averagedRows(reach)
  }

  private func averagedRows(_ reach: Int) -> Grid {
    var turned = self
    for y in 0..<side {
      let row = y * side
      var (sum, count): (Float, Float) = (0, 0)
      for x in -reach..<side {
        if x + reach < side { (sum, count) = (sum + values[row + x + reach], count + 1) }
        if x > reach { (sum, count) = (sum - values[row + x - reach - 1], count - 1) }
        if x >= 0 { turned.values[x * side + y] = sum / count }
      }
    }
    return turned
  }

  /// The least and the greatest number half way to the neighbours.
  func range(_ index: Int) -> ClosedRange<Float> {
    let (x, y) = (index % side, index / side)
    var (least, most) = (values[index], values[index])
    for row in max(0, y - 1)...min(side - 1, y + 1) {
      for neighbour in row * side + max(0, x - 1)...row * side + min(side - 1, x + 1) {
        least = min(least, values[neighbour])
        most = max(most, values[neighbour])
      }
    }
    return (values[index] + least) / 2...(values[index] + most) / 2
  }
}
