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

  var score: Double {
    DuplicateScore.of(distance: distance, correlation: correlation, detail: detail)
  }

  private init(_ first: Int, _ second: Int, _ distance: Int, _ alignment: Alignment) {
    (self.first, self.second, self.distance) = (first, second, distance)
    correlation = Double(alignment.correlation)
    detail = Double(alignment.detail)
  }

  /// All pairs that the worker would align.
  static func suspected(_ specimens: [Specimen]) -> [Pair] {
    var search = Search(specimens.map(\.likeness))
    return search.suspicions().compactMap { first, second, suspicion in
      Alignment(specimens[first].likeness.luma, specimens[second].likeness.luma, suspicion)
        .map { Pair(first, second, suspicion.distance, $0) }
    }
  }
}
