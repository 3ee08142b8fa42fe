/// A graph of pictures, with an edge between two similar pictures.
///
/// A cluster is a connected component, so a chain may join pictures that are not similar. Therefore
/// clusters decide nothing: a picture becomes a copy only of a picture that it is similar to.
package struct DuplicateGraph: Sendable {
  private var neighbours: [[(place: Int, score: Double)]]

  /// A graph of `count` pictures, identified by their indexes, without edges.
  package init(count: Int) {
    neighbours = Array(repeating: [], count: count)
  }

  /// Adds an edge between two pictures, with the probability that they are copies, 0…1.
  package mutating func join(_ one: Int, _ other: Int, score: Double) {
    neighbours[one].append((other, score))
    neighbours[other].append((one, score))
  }

  /// All clusters, sorted by their lowest index, each with its indexes in ascending order.
  ///
  /// A picture without a similar one is a cluster of its own.
  package func clusters() -> [[Int]] {
    var isSeen = Array(repeating: false, count: neighbours.count)
    var clusters: [[Int]] = []
    for start in neighbours.indices where !isSeen[start] {
      isSeen[start] = true
      var found = [start]
      var next = 0
      while next < found.count {
        for (place, _) in neighbours[found[next]] where !isSeen[place] {
          isSeen[place] = true
          found.append(place)
        }
        next += 1
      }
      clusters.append(found.sorted())
    }
    return clusters
  }

  /// Maps each copy to the picture that it is a copy of; pictures that are kept are not in it.
  ///
  /// Each picture, in the given order, is kept unless a similar one has been kept: then it is a
  /// copy of the most similar of these. Kept pictures are not similar, and each is better than its
  /// copies.
  /// - Parameters:
  ///   - places: the indexes of the pictures, the best first.
  ///   - least: the minimum probability with which a picture becomes a copy.
  package func copies(among places: [Int], from least: (Int) -> Double) -> [Int: Int] {
    var staying: Set<Int> = []
    var copies: [Int: Int] = [:]
    for place in places {
      let least = least(place)
      let originals = neighbours[place].filter { staying.contains($0.place) && $0.score >= least }
      if let original = originals.max(by: { $0.score < $1.score }) {
        copies[place] = original.place
      } else {
        staying.insert(place)
      }
    }
    return copies
  }
}
