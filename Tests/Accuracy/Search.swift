package import Imaging
package import Matching

/// The search of `Comparison`, of all among all and without a database.
package struct Search {
  private let likenesses: [Likeness]
  private var sightings: [Int: Sighting] = [:]

  private struct Sighting {
    var partOfFirst: Sight?
    var partOfSecond: Sight?
    var corner: Int?
  }

  /// All of some pictures.
  package init(_ likenesses: [Likeness]) { self.likenesses = likenesses }

  /// How many pairs are near.
  mutating func count() -> Int {
    look()
    return sightings.count
  }

  /// The pairs that are near, in a fixed order.
  package mutating func suspicions() -> [(first: Int, second: Int, suspicion: Suspicion)] {
    look()
    return sightings.sorted { $0.key < $1.key }.compactMap { key, sighting in
      let (first, second) = (key / likenesses.count, key % likenesses.count)
      return Suspicion(
        likenesses[first].whole, likenesses[second].whole, partOfFirst: sighting.partOfFirst,
        partOfSecond: sighting.partOfSecond, corner: sighting.corner
      ).map { (first, second, $0) }
    }
  }

  private mutating func look() {
    let probes = likenesses.map { Probes($0) }
    var planes = WholePlanes()
    var corners = [WholePlanes](repeating: WholePlanes(), count: CropWindow.corners.count)
    for (index, one) in likenesses.enumerated() {
      probes[index].nearWhole(planes) { other, _ in note(other, index) { _ in } }
      for corner in corners.indices {
        probes[index].nearCorner(corner, corners[corner]) { other, sight in
          note(other, index) { $0.corner = min($0.corner ?? sight.distance, sight.distance) }
        }
        corners[corner].append(probes[index].corner(corner))
      }
      planes.append(one.whole)
    }
    for index in likenesses.indices {
      probes[index].nearWindows(planes) { other, sight in
        if other > index { note(index, other) { $0.partOfFirst = sight } }
        if other < index { note(other, index) { $0.partOfSecond = sight } }
      }
    }
  }

  private mutating func note(_ first: Int, _ second: Int, _ change: (inout Sighting) -> Void) {
    change(&sightings[first * likenesses.count + second, default: Sighting()])
  }
}
