import Imaging
import Matching
import Testing

@Suite struct BandTests {
  private func likeness(_ whole: Fingerprint, window: UInt8 = 0) throws -> Likeness {
    try #require(
      Likeness(
        whole: whole, windows: [UInt8](repeating: window, count: Likeness.windowsSize),
        luma: [UInt8](repeating: 0, count: Likeness.side * Likeness.side)))
  }

  private let one = Fingerprint(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210, 0x0f1e_2d3c, ~77)

  @Test func aFingerprintHasSixteenDistinctBands() {
    #expect(Bands.keys(of: one).map { $0 >> 16 } == Array(0..<16))
  }

  @Test func everyBitIsInOneBand() {
    let keys = Bands.keys(of: one)
    for bit in 0..<256 {
      var words = [one.words[0], one.words[1], one.words[2], one.words[3]]
      words[bit >> 6] ^= 1 << UInt64(bit & 63)
      let changed = zip(keys, Bands.keys(of: Fingerprint(words))).filter { $0 != $1 }
      #expect(changed.count == 1)
    }
  }

  @Test(arguments: 1...8)
  func aDistanceOfThirtyOneBitsIsFoundInAnyOrientation(orientation: Int) throws {
    // Two bits of each band but one differ; one bit differs in that one.
    var words = [one.words[0], one.words[1], one.words[2], one.words[3]]
    var changes = [Int](repeating: 2, count: 16)
    changes[5] = 1
    for bit in 0..<256 {
      words[bit >> 6] ^= 1 << UInt64(bit & 63)
      let band = zip(Bands.keys(of: one), Bands.keys(of: Fingerprint(words)))
        .enumerated().first { $0.element.0.bits(apart: $0.element.1) > changes[$0.offset] }
      if band != nil { words[bit >> 6] ^= 1 << UInt64(bit & 63) }
    }
    let other = Fingerprint(words)
    #expect(other.distance(to: one) == 31)
    let probes = try Bands.probes(of: likeness(other.turned(by: orientation)))
    #expect(!probes.isDisjoint(with: Bands.keys(of: one)))
  }

  @Test func aWindowFindsAnEqualWindow() throws {
    let probes = try Bands.probes(of: likeness(one, window: 0x55))
    let window = Fingerprint((0..<4).map { _ in UInt64(0x5555_5555_5555_5555) })
    #expect(probes.isSuperset(of: Bands.keys(of: window)))
  }
}

extension Int {
  fileprivate func bits(apart other: Int) -> Int { (self ^ other).nonzeroBitCount }
}
