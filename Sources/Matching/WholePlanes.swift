internal import CHamming
package import Imaging

/// Many fingerprints, stored so that one instruction compares several.
package struct WholePlanes: Sendable {
  /// Maximum distance of a pair to be compared.
  ///
  /// Unrelated photographs have distances from about 75 bits, and copies cropped by 30 % are below
  /// 88 in 98 % of cases.
  package static let mostDistance = 88

  private var planes: [[UInt64]] = [[], [], [], []]

  /// An empty collection.
  package init() {}

  /// Number of fingerprints.
  package var count: Int { planes[0].count }

  /// Adds a fingerprint.
  package mutating func append(_ fingerprint: Fingerprint) {
    for index in 0..<4 { planes[index].append(fingerprint.words[index]) }
  }

  /// The fingerprint at an index.
  package subscript(index: Int) -> Fingerprint {
    Fingerprint(planes[0][index], planes[1][index], planes[2][index], planes[3][index])
  }

  /// Maximum distance of patches, which is smaller because they have less detail.
  static let mostPatchDistance = 72

  /// Calls `tell` for each fingerprint that is near a probe, with the nearest probe.
  /// - Parameter probes: four words each, at most 65,536 of them.
  package func near(
    _ probes: UnsafeBufferPointer<UInt64>, within most: Int = mostDistance,
    _ tell: (_ index: Int, _ sight: Sight) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { best in
      planes[0].withUnsafeBufferPointer { first in
        planes[1].withUnsafeBufferPointer { second in
          planes[2].withUnsafeBufferPointer { third in
            planes[3].withUnsafeBufferPointer { fourth in
              hamming_nearest(
                probes.baseAddress, probes.count / 4, first.baseAddress, second.baseAddress,
                third.baseAddress, fourth.baseAddress, first.count, best.baseAddress)
            }
          }
        }
      }
      for index in 0..<best.count where best[index] >> 16 <= UInt64(most) {
        tell(index, Sight(distance: Int(best[index] >> 16), probe: Int(best[index] & 0xffff)))
      }
    }
  }
}

/// The distance of a fingerprint to the nearest of several probes.
package struct Sight: Sendable, Equatable {
  /// Number of bits in which the two differ.
  package let distance: Int
  /// Index of that probe.
  package let probe: Int

  /// A distance and the index of its probe.
  package init(distance: Int, probe: Int) {
    self.distance = distance
    self.probe = probe
  }
}

/// A likeness whose fingerprints are the probes.
package struct Probes: Sendable {
  private let orientations: [UInt64]
  private let windows: [UInt64]

  /// The probes of one picture.
  package init(_ likeness: Likeness) {
    orientations = (1...8).flatMap { orientation in
      let turned = likeness.whole.turned(by: orientation)
      return (0..<4).map { turned.words[$0] }
    }
    windows = Self.words(likeness.windows)
  }

  /// The fingerprint of a patch.
  package func patch(_ index: Int) -> Fingerprint {
    let start = CropWindow.patches[index] * 4
    return Fingerprint(windows[start..<start + 4])
  }

  /// Finds the pictures with a similar patch.
  package func nearPatch(_ index: Int, _ planes: WholePlanes, _ tell: (Int, Sight) -> Void) {
    let start = CropWindow.patches[index] * 4
    windows.withUnsafeBufferPointer { words in
      planes.near(
        UnsafeBufferPointer(rebasing: words[start..<start + 4]),
        within: WholePlanes.mostPatchDistance, tell)
    }
  }

  /// The fingerprints of the windows as words.
  package static func words(_ windows: [UInt8]) -> [UInt64] {
    windows.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
      }
    }
  }

  /// Finds the pictures that are similar to this one in any orientation.
  package func nearWhole(_ planes: WholePlanes, _ tell: (Int, Sight) -> Void) {
    orientations.withUnsafeBufferPointer { planes.near($0, tell) }
  }

  /// Finds the pictures that are similar to a part of this one; the probe is the window's number.
  package func nearWindows(_ planes: WholePlanes, _ tell: (Int, Sight) -> Void) {
    windows.withUnsafeBufferPointer { planes.near($0, tell) }
  }
}
