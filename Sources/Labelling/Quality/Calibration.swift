internal import Glibc

/// Maps a model's output to a probability, by a function fitted on pictures of known origin.
package enum Calibration: Equatable, Sendable {
  /// σ(a·x + b). Platt: "Probabilistic Outputs for Support Vector Machines" (1999).
  case platt(a: Double, b: Double)
  /// Linear interpolation between points, constant outside; x rises and probabilities do not fall.
  case table([Point])

  /// An observation: this share of the pictures with such an output were generated.
  package struct Point: Equatable, Sendable {
    /// The model's output.
    package let output: Double
    /// 0…1.
    package let probability: Double

    /// A point of the curve, with an output and a probability.
    package init(output: Double, probability: Double) {
      self.output = output
      self.probability = probability
    }
  }

  /// A curve through these points; nil when there are fewer than two or they are not in order.
  package init?(points: [Point]) {
    let steps = zip(points, points.dropFirst())
    guard points.count >= 2, points.allSatisfy({ (0...1).contains($0.probability) }),
      steps.allSatisfy({ $0.output < $1.output && $0.probability <= $1.probability })
    else { return nil }
    self = .table(points)
  }

  /// The probability, 0…1; nil when the output is not a number.
  package func probability(of output: Double) -> Double? {
    guard output.isFinite else { return nil }
    switch self {
    case .platt(let a, let b): return 1 / (1 + exp(-(a * output + b)))
    case .table(let points):
      guard let above = points.firstIndex(where: { $0.output >= output }) else {
        return points.last?.probability
      }
      guard above > 0 else { return points[above].probability }
      let (low, high) = (points[above - 1], points[above])
      let share = (output - low.output) / (high.output - low.output)
      return low.probability + share * (high.probability - low.probability)
    }
  }
}
