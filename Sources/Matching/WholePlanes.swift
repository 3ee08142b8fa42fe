internal import CHamming
package import Imaging

/// Many fingerprints, laid out so that one instruction compares several.
package struct WholePlanes: Sendable {
  /// Above this a pair is not looked at.
  ///
  /// Unrelated photographs begin to meet at about 75 bits, and copies cropped by 30 % stay below 88
  /// in 98 cases of 100.
  package static let mostDistance = 88

  private var planes: [[UInt64]] = [[], [], [], []]

  /// Holds none.
  package init() {}

  /// How many there are.
  package var count: Int { planes[0].count }

  /// Takes one more in.
  package mutating func append(_ fingerprint: Fingerprint) {
    for index in 0..<4 { planes[index].append(fingerprint.words[index]) }
  }

  /// The fingerprint at a place.
  package subscript(index: Int) -> Fingerprint {
    Fingerprint(planes[0][index], planes[1][index], planes[2][index], planes[3][index])
  }

  /// The most bits in which a patch may differ: there is less to see in it.
  static let mostPatchDistance = 72

  /// Tells of each fingerprint that is near one of the probes, and of the nearest of those.
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

/// How near a fingerprint is to the nearest of several probes.
package struct Sight: Sendable, Equatable {
  /// Bits in which the two differ.
  package let distance: Int
  /// Which probe it was.
  package let probe: Int

  /// A distance, and whose it is.
  package init(distance: Int, probe: Int) {
    self.distance = distance
    self.probe = probe
  }
}

/// A likeness with its fingerprints as probes.
package struct Probes: Sendable {
  private let orientations: [UInt64]
  private let windows: [UInt64]

  /// The fingerprints of one picture.
  package init(_ likeness: Likeness) {
    orientations = (1...8).flatMap { orientation in
      let turned = likeness.whole.turned(by: orientation)
      return (0..<4).map { turned.words[$0] }
    }
    windows = Self.words(likeness.windows)
  }

  /// A patch's fingerprint.
  package func patch(_ index: Int) -> Fingerprint {
    let start = CropWindow.patches[index] * 4
    return Fingerprint(windows[start..<start + 4])
  }

  /// The pictures that are alike in a patch.
  package func nearPatch(_ index: Int, _ planes: WholePlanes, _ tell: (Int, Sight) -> Void) {
    let start = CropWindow.patches[index] * 4
    windows.withUnsafeBufferPointer { words in
      planes.near(
        UnsafeBufferPointer(rebasing: words[start..<start + 4]),
        within: WholePlanes.mostPatchDistance, tell)
    }
  }

  /// The windows' fingerprints as words.
  package static func words(_ windows: [UInt8]) -> [UInt64] {
    windows.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
      }
    }
  }

  /// The pictures that this one, turned somehow, is like.
  package func nearWhole(_ planes: WholePlanes, _ tell: (Int, Sight) -> Void) {
    orientations.withUnsafeBufferPointer { planes.near($0, tell) }
  }

  /// The pictures that are like a part of this one; the probe is the window's number.
  package func nearWindows(_ planes: WholePlanes, _ tell: (Int, Sight) -> Void) {
    windows.withUnsafeBufferPointer { planes.near($0, tell) }
  }
}
