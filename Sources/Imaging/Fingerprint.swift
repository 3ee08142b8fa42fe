/// 256 bits that stay nearly the same when a picture is resized or recompressed: the signs of its
/// low frequencies, in 16 rows by vertical frequency, ordered within a row by horizontal frequency.
package struct Fingerprint: Hashable, Sendable {
  /// The bits as four words, the first bit lowest in the first word.
  package let words: SIMD4<UInt64>

  /// The bits as four words, the first bit lowest in the first word.
  package init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
    words = SIMD4(first, second, third, fourth)
  }

  private init(_ words: SIMD4<UInt64>) { self.words = words }

  /// The first four of some words; missing words are 0.
  package init(_ words: some Sequence<UInt64>) {
    var four = SIMD4<UInt64>()
    for (index, word) in words.prefix(4).enumerated() { four[index] = word }
    self.words = four
  }

  /// Reads the result of `bytes`; nil unless there are 32.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    var words = SIMD4<UInt64>()
    for (index, byte) in bytes.enumerated() {
      words[index / 8] = words[index / 8] << 8 | UInt64(byte)
    }
    self.words = words
  }

  /// 32 bytes, each word most significant byte first.
  package var bytes: [UInt8] {
    (0..<4).flatMap { index in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: words[index] >> $0) }
    }
  }

  /// Returns the number of different bits, of 256.
  package func distance(to other: Fingerprint) -> Int {
    (0..<4).reduce(0) { $0 + (words[$1] ^ other.words[$1]).nonzeroBitCount }
  }

  /// The fingerprint of the picture after the EXIF orientation, 1...8, is applied.
  ///
  /// A mirrored picture has the same frequencies with every second sign changed, and a transposed
  /// picture has them transposed, so no new transform is needed.
  package func turned(by orientation: Int) -> Fingerprint {
    switch orientation {
    case 2: mirrored
    case 3: mirrored.flipped
    case 4: flipped
    case 5: transposed
    case 6: flipped.transposed
    case 7: mirrored.flipped.transposed
    case 8: mirrored.transposed
    default: self
    }
  }

  /// Exchanges left and right: the odd frequencies, which come first, change their signs.
  private var mirrored: Fingerprint { Fingerprint(words ^ SIMD4(repeating: 0x5555_5555_5555_5555)) }

  /// Exchanges top and bottom.
  private var flipped: Fingerprint { Fingerprint(words ^ SIMD4(repeating: 0x0000_ffff_0000_ffff)) }

  private var transposed: Fingerprint {
    var turned = SIMD4<UInt64>()
    for row in 0..<16 {
      for column in 0..<16 where words[row >> 2] >> UInt64((row & 3) << 4 | column) & 1 == 1 {
        turned[column >> 2] |= 1 << UInt64((column & 3) << 4 | row)
      }
    }
    return Fingerprint(turned)
  }
}
