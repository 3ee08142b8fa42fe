internal import Cryptography
internal import Imaging
internal import Matching
internal import Postgres
internal import Vocabulary

/// The pictures of one organization with which new ones are compared.
///
/// Fingerprints of whole pictures stay in the worker's memory between chunks. Those of crop windows
/// stay only for the first pictures, and are read again for the others. Beyond `most` pictures,
/// further ones are found by their bands in the database.
final class Gallery {
  /// The maximum number of pictures with crop windows in memory; each takes 3.6 KB.
  private static let mostResident = 16_000

  let organization: ID<Organization>
  private(set) var digests: [Digest] = []
  private(set) var wholes = WholePlanes()
  private(set) var patches = CropWindow.patches.map { _ in WholePlanes() }
  private var windows: [[UInt64]] = []
  private var last = 0
  private var lastResident = 0

  /// The maximum number of pictures in memory; each takes about 300 bytes.
  private let most: Int

  init(of organization: ID<Organization>, most: Int) {
    self.organization = organization
    self.most = most
  }

  /// The number of pictures that still fit.
  var room: Int { max(0, most - digests.count) }

  /// Adds pictures compared since the last call; the organization must be locked.
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

  /// Passes the crop windows of all pictures to `body`, with their index.
  func eachWindows(_ db: Connection, _ body: (Int, [UInt64]) -> Void) throws {
    for (index, probes) in windows.enumerated() { body(index, probes) }
    guard windows.count < digests.count else { return }
    var index = windows.count
    try LikenessQueries.each(of: organization, after: lastResident, through: last, db) { known in
      // Pictures may have been deleted since they were added, but none can be new.
      while index < digests.count, digests[index] != known.sha256 { index += 1 }
      guard index < digests.count else { return }
      body(index, Probes.words(known.windows))
    }
  }
}
