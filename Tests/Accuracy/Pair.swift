internal import Imaging
internal import Labelling
internal import Matching

/// Two specimens that the search finds, and the result of their alignment.
struct Pair {
  let first: Int
  let second: Int
  let distance: Int
  let correlation: Double
  let detail: Double
  let residual: Double

  var score: Double {
    DuplicateScore.of(
      distance: distance, correlation: correlation, detail: detail, residual: residual)
  }

  /// The score of earlier versions.
  var scoreWithoutResidual: Double {
    DuplicateScore.of(distance: distance, correlation: correlation, detail: detail, residual: 0)
  }

  private init(_ first: Int, _ second: Int, _ distance: Int, _ alignment: Alignment) {
    (self.first, self.second, self.distance) = (first, second, distance)
    correlation = Double(alignment.correlation)
    detail = Double(alignment.detail)
    residual = Double(alignment.residual)
  }

  /// All pairs that the worker would align, without those of which nothing is known.
  static func suspected(_ specimens: [Specimen]) -> [Pair] {
    var search = Search(specimens.map(\.likeness))
    return search.suspicions().compactMap { first, second, suspicion in
      guard specimens[first].isCopy(of: specimens[second]) != nil else { return nil }
      return Alignment(specimens[first].likeness.luma, specimens[second].likeness.luma, suspicion)
        .map { Pair(first, second, suspicion.distance, $0) }
    }
  }
}
