/// Pictures and which of them are like one another.
///
/// A cluster is all that hang together, directly or by way of others: a chain may join pictures
/// that are not alike at all. So nothing is decided by cluster: a picture only gives way to one
/// that it is like itself.
package struct DuplicateGraph: Sendable {
  private var neighbours: [[(place: Int, score: Double)]]

  /// So many pictures, named by their places, none of which are alike.
  package init(count: Int) {
    neighbours = Array(repeating: [], count: count)
  }

  /// Two pictures are like one another, with that probability, 0…1.
  package mutating func join(_ one: Int, _ other: Int, score: Double) {
    neighbours[one].append((other, score))
    neighbours[other].append((one, score))
  }

  /// All clusters: the places of each in ascending order, the cluster with the least first.
  ///
  /// A picture that is like no other is one of its own.
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

  /// What each picture that gives way is a copy of; those that stay are not in it.
  ///
  /// Each in its turn stays, unless one that stays already is like it: then it is a copy of the
  /// one it is most like. No two that stay are alike, and nothing gives way to what is worse.
  /// - Parameters:
  ///   - places: the pictures, the best first.
  ///   - least: the least probability with which a picture gives way.
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
