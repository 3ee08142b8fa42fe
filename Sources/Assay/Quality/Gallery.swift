internal import Cryptography
internal import Imaging
internal import Matching
internal import Postgres

/// The pictures of one organization that new ones are compared with.
///
/// Fingerprints of whole pictures stay in the worker's memory from chunk to chunk, those of crop
/// windows for the first ones; the others' are read again for each chunk. What comes when `most`
/// are there is found by its bands, which are in the database.
final class Gallery {
  /// Bounds memory: 3.6 KB each.
  private static let mostResident = 16_000

  let organization: ID<Organization>
  private(set) var digests: [Digest] = []
  private(set) var wholes = WholePlanes()
  private(set) var patches = CropWindow.patches.map { _ in WholePlanes() }
  private var windows: [[UInt64]] = []
  private var last = 0
  private var lastResident = 0

  /// How many are held at most; one takes up some 300 bytes.
  private let most: Int

  init(of organization: ID<Organization>, most: Int) {
    self.organization = organization
    self.most = most
  }

  /// How many more may be held.
  var room: Int { max(0, most - digests.count) }

  /// Takes in what has been compared since; behind the lock of the organization.
  func refresh(_ db: Connection) throws {
    try LikenessQueries.each(of: organization, after: last, db) { known in
      let probes = Probes.words(known.windows)
      guard probes.count == CropWindow.all.count * 4 else { return }
      digests.append(known.sha256)
      wholes.append(known.whole)
      for (index, window) in CropWindow.patches.enumerated() {
        patches[index].append(Fingerprint(probes[window * 4..<window * 4 + 4]))
      }
      if windows.count == digests.count - 1, windows.count < Self.mostResident {
        windows.append(probes)
        lastResident = known.number
      }
      last = known.number
    }
  }

  /// Hands over the windows of all pictures, by their place here.
  func eachWindows(_ db: Connection, _ body: (Int, [UInt64]) -> Void) throws {
    for (index, probes) in windows.enumerated() { body(index, probes) }
    guard windows.count < digests.count else { return }
    var index = windows.count
    try LikenessQueries.each(of: organization, after: lastResident, through: last, db) { known in
      // A picture may have gone since it was taken in, but none can have come.
      while index < digests.count, digests[index] != known.sha256 { index += 1 }
      guard index < digests.count else { return }
      body(index, Probes.words(known.windows))
    }
  }
}
