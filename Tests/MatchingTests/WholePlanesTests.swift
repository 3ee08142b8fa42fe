import Imaging
import Matching
import Support
import Testing

@Suite struct WholePlanesTests {
  /// The search over planes gives the same results as a search one by one.
  @Test(arguments: [1, 7, 8, 511, 512, 513, 1300])
  func theNearestProbeIsFound(count: Int) {
    var random = Chance()
    func bits() -> UInt64 { random.next() & random.next() & random.next() }
    let all = (0..<count).map { _ in Fingerprint(bits(), bits(), bits(), bits()) }
    let probes = (0..<9).map { _ in Fingerprint(bits(), bits(), bits(), bits()) }
    var planes = WholePlanes()
    for one in all { planes.append(one) }
    var expected: [Int: Int] = [:]
    for (index, one) in all.enumerated() {
      let least = probes.map { $0.distance(to: one) }.min() ?? 256
      if least <= WholePlanes.mostDistance { expected[index] = least }
    }
    var found: [Int: Int] = [:]
    let words = probes.flatMap { probe in (0..<4).map { probe.words[$0] } }
    words.withUnsafeBufferPointer { words in
      planes.near(words) { index, sight in
        found[index] = sight.distance
        #expect(probes[sight.probe].distance(to: all[index]) == sight.distance)
      }
    }
    #expect(found == expected)
    #expect(planes.count == count)
  }
}
