/// 256 bits that stay nearly the same when a picture is resized or recompressed.
package struct Fingerprint: Hashable, Sendable {
  private let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64

  /// The bits as four words, the first bit lowest in the first word.
  package init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
    self.first = first
    self.second = second
    self.third = third
    self.fourth = fourth
  }

  /// Reads what `bytes` wrote; nil unless there are 32.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    func word(_ start: Int) -> UInt64 {
      bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
    self.init(word(0), word(8), word(16), word(24))
  }

  /// 32 bytes, each word most significant byte first.
  package var bytes: [UInt8] {
    [first, second, third, fourth].flatMap { word in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
    }
  }

  /// How many of the 256 bits differ.
  package func distance(to other: Fingerprint) -> Int {
    (first ^ other.first).nonzeroBitCount + (second ^ other.second).nonzeroBitCount
      + (third ^ other.third).nonzeroBitCount + (fourth ^ other.fourth).nonzeroBitCount
  }
}
