internal import Cryptography
internal import Imaging
internal import Matching
internal import Postgres

/// Compares new pictures with all pictures of the organization, and with each other.
struct Comparison {
  typealias Fresh = (sha256: Digest, likeness: Likeness)

  /// The maximum number of candidates per picture, nearest first.
  ///
  /// In a thousand frames of one film every frame is a copy of every other.
  private static let mostSuspects = 256

  private let gallery: Gallery
  private let fresh: [Fresh]
  private var planes = WholePlanes()
  /// The pictures outside the gallery that share bands with the new ones.
  private var banded: [Digest] = []
  private var bandedPlanes = WholePlanes()
  /// The matches by a combined key: the index of the new picture × `all` + the index of the other.
  private var sightings: [Int: Sighting] = [:]

  /// The matches between a new picture and another.
  private struct Sighting {
    var partOfNew: Sight?
    var partOfOther: Sight?
    var patch: Int?
    var nearest = Int.max
  }

  init(_ fresh: [Fresh], with gallery: Gallery) {
    self.gallery = gallery
    self.fresh = fresh
    for one in fresh { planes.append(one.likeness.whole) }
  }

  /// Returns all pairs to record, in a fixed order.
  mutating func resemblances(_ db: Connection) throws -> [Resemblance] {
    try findBanded(db)
    try search(db)
    dropFarthest()
    let others = Set(sightings.keys.map { $0 % all }.filter { !isFresh($0) })
    let known = try LikenessQueries.luma(
      of: others.map { digest($0) }, in: gallery.organization, db)
    return sightings.sorted { $0.key < $1.key }.compactMap { key, sighting in
      resemblance(key / all, key % all, sighting, known)
    }
  }

  private mutating func dropFarthest() {
    let byPicture = Dictionary(grouping: sightings.keys) { $0 / all }
    for keys in byPicture.values where keys.count > Self.mostSuspects {
      let ordered = keys.sorted {
        (sightings[$0]?.nearest ?? 0, $0) < (sightings[$1]?.nearest ?? 0, $1)
      }
      for key in ordered.dropFirst(Self.mostSuspects) { sightings[key] = nil }
    }
  }

  /// The number of pictures: the gallery's, then the new ones, then the banded ones.
  private var all: Int { gallery.digests.count + fresh.count + banded.count }

  private func isFresh(_ index: Int) -> Bool {
    index >= gallery.digests.count && index < gallery.digests.count + fresh.count
  }

  private func digest(_ index: Int) -> Digest {
    let old = gallery.digests.count
    if index < old { return gallery.digests[index] }
    return isFresh(index) ? fresh[index - old].sha256 : banded[index - old - fresh.count]
  }

  private func whole(_ index: Int) -> Fingerprint {
    let old = gallery.digests.count
    if index < old { return gallery.wholes[index] }
    return isFresh(index) ? planes[index - old] : bandedPlanes[index - old - fresh.count]
  }

  private mutating func findBanded(_ db: Connection) throws {
    guard !fresh.isEmpty, try LikenessQueries.hasBanded(gallery.organization, db) else { return }
    let probes = fresh.reduce(into: Set<Int>()) { $0.formUnion(Bands.probes(of: $1.likeness)) }
    for one in try LikenessQueries.sharing(probes.sorted(), in: gallery.organization, db) {
      banded.append(one.sha256)
      bandedPlanes.append(one.whole)
    }
  }

  private mutating func search(_ db: Connection) throws {
    let old = gallery.digests.count
    var patches = CropWindow.patches.map { _ in WholePlanes() }
    for (place, one) in fresh.enumerated() {
      let probes = Probes(one.likeness)
      look(probes, from: place, among: gallery.wholes, gallery.patches, 0)
      // Each pair is compared once as whole pictures, but in both directions as crops.
      look(probes, from: place, among: planes, patches, old)
      for index in patches.indices { patches[index].append(probes.patch(index)) }
      look(probes, from: place, among: bandedPlanes, [], old + fresh.count)
    }
    try gallery.eachWindows(db) { index, windows in
      windows.withUnsafeBufferPointer { windows in
        planes.near(windows) { place, sight in
          note(place, index, sight) { sighting, _ in sighting.partOfOther = sight }
        }
      }
    }
  }

  private mutating func look(
    _ probes: Probes, from place: Int, among planes: WholePlanes, _ patches: [WholePlanes],
    _ start: Int
  ) {
    probes.nearWhole(planes) { index, sight in
      note(place, start + index, sight) { _, _ in }
    }
    probes.nearWindows(planes) { index, sight in
      note(place, start + index, sight) { sighting, isExchanged in
        if isExchanged { sighting.partOfOther = sight } else { sighting.partOfNew = sight }
      }
    }
    for index in patches.indices {
      probes.nearPatch(index, patches[index]) { other, sight in
        note(place, start + other, sight) { sighting, _ in
          sighting.patch = min(sighting.patch ?? sight.distance, sight.distance)
        }
      }
    }
  }

  /// Records a match; of two new pictures the earlier is the new one, so that a pair has one key.
  private mutating func note(
    _ place: Int, _ index: Int, _ sight: Sight,
    _ change: (inout Sighting, _ isExchanged: Bool) -> Void
  ) {
    let old = gallery.digests.count
    guard index != old + place else { return }
    let isExchanged = isFresh(index) && index - old < place
    let key = isExchanged ? (index - old) * all + old + place : place * all + index
    var sighting = sightings[key] ?? Sighting()
    sighting.nearest = min(sighting.nearest, sight.distance)
    change(&sighting, isExchanged)
    sightings[key] = sighting
  }

  private func resemblance(
    _ place: Int, _ index: Int, _ sighting: Sighting, _ known: [Digest: [UInt8]]
  ) -> Resemblance? {
    let one = fresh[place]
    let (other, whole) = (digest(index), whole(index))
    let luma =
      isFresh(index) ? fresh[index - gallery.digests.count].likeness.luma : known[other]
    // Deleted meanwhile, or deleted and uploaded again.
    guard let luma, other != one.sha256 else { return nil }
    let new = Resemblance.Picture(sha256: one.sha256, luma: one.likeness.luma)
    let found = Resemblance.Picture(sha256: other, luma: luma)
    if one.sha256 < other {
      return Suspicion(
        one.likeness.whole, whole, partOfFirst: sighting.partOfNew,
        partOfSecond: sighting.partOfOther, patch: sighting.patch
      ).flatMap { Resemblance(new, found, $0) }
    }
    return Suspicion(
      whole, one.likeness.whole, partOfFirst: sighting.partOfOther,
      partOfSecond: sighting.partOfNew, patch: sighting.patch
    ).flatMap { Resemblance(found, new, $0) }
  }
}
