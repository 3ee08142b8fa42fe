package import Imaging
package import Matching

/// The search of `Comparison` over all pairs, without a database.
package struct Search {
  private let likenesses: [Likeness]
  private var sightings: [Int: Sighting] = [:]

  private struct Sighting {
    var partOfFirst: Sight?
    var partOfSecond: Sight?
    var patch: Int?
  }

  /// A search among these pictures.
  package init(_ likenesses: [Likeness]) { self.likenesses = likenesses }

  /// Number of pairs that are near.
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
        partOfSecond: sighting.partOfSecond, patch: sighting.patch
      ).map { (first, second, $0) }
    }
  }

  private mutating func look() {
    let probes = likenesses.map { Probes($0) }
    var planes = WholePlanes()
    var patches = CropWindow.patches.map { _ in WholePlanes() }
    for (index, one) in likenesses.enumerated() {
      probes[index].nearWhole(planes) { other, _ in note(other, index) { _ in } }
      for patch in patches.indices {
        probes[index].nearPatch(patch, patches[patch]) { other, sight in
          note(other, index) { $0.patch = min($0.patch ?? sight.distance, sight.distance) }
        }
        patches[patch].append(probes[index].patch(patch))
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
