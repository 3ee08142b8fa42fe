internal import Glibc

/// The temperature that makes a posterior as sure as it is right.
///
/// The errors of people are correlated, and the models say that they are not: so their posteriors are
/// far too sure. The log-posterior is divided by one number (Guo et al., On Calibration of Modern
/// Neural Networks, ICML 2017), which is fitted to items whose answer is known. The fit is a maximum
/// a posteriori: log T ~ N(log 4, 0.6²), as measured on four public data sets, whose own best
/// temperatures are 7, 5, 7 and 1.6.
package struct Temperature: Sendable, Equatable {
  /// The divisor of a log-posterior.
  package let value: Double
  /// The number of known items that it was fitted to.
  package let items: Int

  /// The known items from which a confidence counts as calibrated.
  package static let enough = 20

  /// Makes a temperature from stored numbers.
  package init(value: Double, items: Int) {
    self.value = value.isFinite ? max(value, Self.range.lowerBound) : Self.center
    self.items = items
  }

  /// Whether enough known items stand behind it.
  package var isCalibrated: Bool { items >= Self.enough }

  /// The temperature without any known item.
  package static let prior = Temperature(value: center, items: 0)

  private static let center = 4.0
  private static let spread = 0.6
  private static let range = 0.2...100.0

  /// One known class of an item.
  package struct Example: Sendable {
    let logPosterior: [Double]
    let truth: Int

    /// Makes an example; nil for a class outside the posterior.
    package init?(logPosterior: [Double], truth: Int) {
      guard logPosterior.indices.contains(truth) else { return nil }
      (self.logPosterior, self.truth) = (logPosterior, truth)
    }
  }

  /// Fits a temperature.
  /// - Parameter items: the number of items; a multi-label item has an example for each class.
  package static func fit(_ examples: [Example], items: Int) -> Temperature {
    var (low, high) = (log(range.lowerBound), log(range.upperBound))
    // The penalised likelihood is smooth with one top near the data; thirds find it to 1e-3.
    while high - low > 1e-3 {
      let (left, right) = (low + (high - low) / 3, high - (high - low) / 3)
      if score(left, examples) < score(right, examples) { low = left } else { high = right }
    }
    return Temperature(value: exp((low + high) / 2), items: items)
  }

  private static func score(_ logValue: Double, _ examples: [Example]) -> Double {
    let value = exp(logValue)
    let distance = (logValue - log(center)) / spread
    return examples.reduce(-distance * distance / 2) { sum, example in
      sum + Softmax.logarithms(example.logPosterior.map { $0 / value })[example.truth]
    }
  }

  /// Returns the probabilities of a log-posterior at this temperature.
  package func probabilities(_ logPosterior: [Double]) -> [Double] {
    Softmax.logarithms(logPosterior.map { $0 / value }).map { exp($0) }
  }
}
