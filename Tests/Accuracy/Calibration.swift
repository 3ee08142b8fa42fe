internal import Glibc
internal import Labelling

/// Fits the logistic regression of `DuplicateScore` and measures the error of its scores.
struct Calibration {
  private struct Sample {
    let features: SIMD8<Double>
    let isCopy: Bool
    let photo: String
    let score: Double
  }

  private static let folds = 5
  private let samples: [Sample]

  init(_ albums: [Album]) {
    samples = albums.flatMap { album in
      album.pairs.compactMap { pair in
        pair.isCopy(album.specimens).map {
          Sample(
            features: DuplicateScore.features(
              distance: pair.distance, correlation: pair.correlation, detail: pair.detail,
              residual: pair.residual),
            isCopy: $0, photo: album.specimens[pair.second].photo, score: pair.score)
        }
      }
    }
  }

  func show() {
    print("calibration error \(text(error)), of those kept \(text(errorOfKept))")
    print(
      "  fitted without the photograph: \(text(foldedError)), of those kept "
        + text(foldedErrorOfKept))
    print("  fitted to all: \(coefficients)")
  }

  /// The expected calibration error (Naeini et al., 2015) of the scores, over ten equal intervals.
  var error: Double { Self.error(samples.map { ($0.score, $0.isCopy) }) }

  /// The same error over the stored pairs, because most unrelated pairs are easy.
  var errorOfKept: Double { Self.error(Self.kept(samples.map { ($0.score, $0.isCopy) })) }

  /// The same error with coefficients that were fitted without the photograph (cross-validation).
  var foldedError: Double { Self.error(folded) }

  /// The same error over the stored pairs.
  var foldedErrorOfKept: Double { Self.error(Self.kept(folded)) }

  /// The coefficients fitted on all samples.
  var coefficients: SIMD8<Double> { Self.fit(samples) }

  private static func kept(_ judged: [(score: Double, isCopy: Bool)]) -> [(Double, Bool)] {
    judged.filter { $0.score >= DuplicateScore.kept }
  }

  private var folded: [(score: Double, isCopy: Bool)] {
    let photos = Set(samples.map(\.photo)).sorted()
    return (0..<Self.folds).flatMap { fold in
      let held = Set(photos.indices.filter { $0 % Self.folds == fold }.map { photos[$0] })
      let coefficients = Self.fit(samples.filter { !held.contains($0.photo) })
      return samples.filter { held.contains($0.photo) }.map { sample in
        (Self.probability(sample.features, coefficients), sample.isCopy)
      }
    }
  }

  private static func error(_ judged: [(score: Double, isCopy: Bool)]) -> Double {
    let intervals = Dictionary(grouping: judged) { min(9, Int($0.score * 10)) }
    let sum = intervals.values.reduce(0.0) { sum, interval in
      let expected = interval.reduce(0.0) { $0 + $1.score }
      return sum + abs(expected - Double(interval.count { $0.isCopy }))
    }
    return sum / Double(max(1, judged.count))
  }

  private static func probability(_ features: SIMD8<Double>, _ coefficients: SIMD8<Double>)
    -> Double
  { 1 / (1 + exp(-(features * coefficients).sum())) }

  /// Newton's method.
  private static func fit(_ samples: [Sample]) -> SIMD8<Double> {
    var coefficients = SIMD8<Double>()
    for _ in 0..<25 {
      var gradient = coefficients * -1e-3
      var curvature = (0..<DuplicateScore.features).map { row in
        var line = SIMD8<Double>()
        line[row] = 1e-3
        return line
      }
      for sample in samples {
        let expected = probability(sample.features, coefficients)
        gradient += sample.features * ((sample.isCopy ? 1 : 0) - expected)
        let weight = expected * (1 - expected)
        for row in 0..<DuplicateScore.features {
          curvature[row] += sample.features * (weight * sample.features[row])
        }
      }
      coefficients += solve(curvature, gradient)
    }
    return coefficients
  }

  /// Gaussian elimination; the matrix is positive definite, so no pivoting is needed.
  private static func solve(_ matrix: [SIMD8<Double>], _ right: SIMD8<Double>) -> SIMD8<Double> {
    var (rows, values) = (matrix, right)
    for pivot in 0..<DuplicateScore.features {
      values[pivot] /= rows[pivot][pivot]
      rows[pivot] /= rows[pivot][pivot]
      for row in 0..<DuplicateScore.features where row != pivot {
        values[row] -= values[pivot] * rows[row][pivot]
        rows[row] -= rows[pivot] * rows[row][pivot]
      }
    }
    return values
  }
}
