/// A 95 % confidence interval of a share (Wilson, Journal of the American Statistical Association 22,
/// 1927).
package struct WilsonInterval: Sendable, Equatable {
  /// The lower bound, 0…1.
  package let low: Double
  /// The upper bound, 0…1.
  package let high: Double

  /// The 97.5 % quantile of the normal distribution.
  private static let z = 1.959963984540054

  /// Makes the interval; nil without any trial.
  package init?(correct: Int, of count: Int) {
    guard count > 0, (0...count).contains(correct) else { return nil }
    let (n, z) = (Double(count), Self.z)
    let share = Double(correct) / n
    let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half =
      z / (1 + z * z / n)
      * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    low = max(0, middle - half)
    high = min(1, middle + half)
  }
}
