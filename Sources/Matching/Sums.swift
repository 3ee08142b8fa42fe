/// The sums for a correlation.
struct Sums {
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

  /// The greater of the two variances.
  var greaterVariance: Float { max(variances.one, variances.other) }

  /// - Parameter noise: added to both variances, so that pure noise does not correlate.
  func correlation(noise: Float) -> Float {
    let (left, right) = variances
    let spread = ((left + noise) * (right + noise)).squareRoot()
    return spread > 0 ? (product - one * other / count) / count / spread : 0
  }
}
