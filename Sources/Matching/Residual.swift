/// The differences of two aligned pictures that neither noise, nor recompression, nor light, nor
/// an imprecise alignment explains.
///
/// Each picture is predicted from the other, by the line that fits best in the neighbourhood of
/// each field (He, Sun and Tang, "Guided image filtering", 2010), so that light and colours may
/// change. A field is explained if the prediction has its brightness within half a field.
struct Residual {
  /// The radius of the neighbourhood for predictions, in fields.
  private static let reach = 4
  /// Variance below which there is only noise to predict from.
  private static let noise: Float = 4
  /// The greatest factor between the contrasts of both pictures.
  private static let mostContrast: Float = 3
  /// A difference counts as compact if it exceeds those along the picture by this factor.
  private static let spread: Float = 2.5

  /// The unexplained difference at each field, a mean of its neighbours.
  private let differences: Grid

  init(_ one: Grid, _ other: Grid) {
    let (mean, otherMean) = (one.averaged(Self.reach), other.averaged(Self.reach))
    func moment(_ one: Grid, _ other: Grid, _ mean: Grid, _ otherMean: Grid) -> Grid {
      let products = Grid(side: one.side) { one[$0] * other[$0] }.averaged(Self.reach)
      return Grid(side: one.side) { products[$0] - mean[$0] * otherMean[$0] }
    }
    let common = moment(one, other, mean, otherMean)
    func unexplained(_ target: Grid, by source: Grid, _ targetMean: Grid, _ sourceMean: Grid)
      -> Grid
    {
      let variance = moment(source, source, sourceMean, sourceMean)
      let predicted = Grid(side: source.side) { index in
        let slope = max(0, common[index]) / (max(0, variance[index]) + Self.noise)
        return targetMean[index]
          + min(Self.mostContrast, slope) * (source[index] - sourceMean[index])
      }
      return Grid(side: source.side) { index in
        let range = predicted.range(index)
        return max(0, target[index] - range.upperBound, range.lowerBound - target[index])
      }.averaged(1)
    }
    let first = unexplained(one, by: other, mean, otherMean)
    let second = unexplained(other, by: one, otherMean, mean)
    differences = Grid(side: one.side) { max(first[$0], second[$0]) }
  }

  /// The greatest compact difference, in levels of brightness; about 0 for copies.
  ///
  /// A caption or a watermark differs along the whole width or height of a picture, and a logo or a
  /// date in its corner: these remain copies.
  var compact: Float {
    let side = differences.side
    var rows = [Float](repeating: 0, count: side)
    var columns = rows
    var peak: Float = 0
    for index in 0..<side * side {
      let (x, y) = (index % side, index / side)
      let difference = differences[index]
      rows[y] = max(rows[y], difference)
      columns[x] = max(columns[x], difference)
      if !isCorner(x, y) { peak = max(peak, difference) }
    }
    return max(0, peak - Self.spread * max(Self.mean(of: rows), Self.mean(of: columns)))
  }

  /// The power mean with exponent 1/2: a few great differences raise it less than the mean.
  private static func mean(of differences: [Float]) -> Float {
    let root = differences.reduce(0) { $0 + $1.squareRoot() } / Float(differences.count)
    return root * root
  }

  private func isCorner(_ x: Int, _ y: Int) -> Bool {
    let side = differences.side
    return min(x, side - 1 - x) < side / 3 && min(y, side - 1 - y) < side / 5
  }
}
