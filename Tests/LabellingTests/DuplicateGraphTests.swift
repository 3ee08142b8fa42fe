import Labelling
import Testing

@Suite struct DuplicateGraphTests {
  private func graph(_ count: Int, _ pairs: [(Int, Int, Double)]) -> DuplicateGraph {
    var graph = DuplicateGraph(count: count)
    for (one, other, score) in pairs { graph.join(one, other, score: score) }
    return graph
  }

  @Test func connectedPicturesFormACluster() {
    let graph = graph(7, [(5, 1, 0.9), (1, 3, 0.6), (2, 6, 0.7)])
    #expect(graph.clusters() == [[0], [1, 3, 5], [2, 6], [4]])
    #expect(DuplicateGraph(count: 0).clusters() == [])
  }

  @Test func onePictureOfEachStays() {
    let graph = graph(3, [(0, 1, 0.9), (1, 2, 0.9), (0, 2, 0.8)])
    #expect(graph.copies(among: [1, 0, 2]) { _ in 0.5 } == [0: 1, 2: 1])
    #expect(graph.copies(among: [2, 0, 1]) { _ in 0.5 } == [0: 2, 1: 2])
  }

  @Test func theEndsOfAChainAreNotCopies() {
    let chain = graph(4, [(0, 1, 0.9), (1, 2, 0.8), (2, 3, 0.7)])
    #expect(chain.copies(among: [0, 1, 2, 3]) { _ in 0.5 } == [1: 0, 3: 2])
    #expect(chain.copies(among: [1, 0, 2, 3]) { _ in 0.5 } == [0: 1, 2: 1])
  }

  @Test func aCopyBelongsToTheMostSimilarPicture() {
    let graph = graph(3, [(0, 2, 0.6), (1, 2, 0.9)])
    #expect(graph.copies(among: [0, 1, 2]) { _ in 0.5 } == [2: 1])
  }

  @Test func theLowestScoreIsEnough() {
    let graph = graph(3, [(0, 1, 0.5), (0, 2, 0.4999)])
    #expect(graph.copies(among: [0, 1, 2]) { _ in 0.5 } == [1: 0])
  }

  @Test func theLowestScoreOfEachPictureCounts() {
    let graph = graph(3, [(0, 1, 0.6), (0, 2, 0.6)])
    #expect(graph.copies(among: [0, 1, 2]) { $0 == 1 ? 0.5 : 0.7 } == [1: 0])
  }

  /// In any graph, kept pictures are not similar, and each copy is similar to its original.
  @Test(arguments: 0..<50) func keptPicturesAreNotSimilar(seed: Int) {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var pairs: Set<[Int]> = []
    for _ in 0..<30 {
      let (one, other) = (next(20), next(20))
      if one != other { pairs.insert([min(one, other), max(one, other)]) }
    }
    let graph = graph(20, pairs.map { ($0[0], $0[1], 0.9) })
    let order = (0..<20).map { (place: $0, key: next(1 << 20)) }.sorted { $0.key < $1.key }
      .map(\.place)
    let copies = graph.copies(among: order) { _ in 0.5 }
    for pair in pairs { #expect(copies[pair[0]] != nil || copies[pair[1]] != nil) }
    for (copy, original) in copies {
      #expect(copies[original] == nil)
      #expect(pairs.contains([min(copy, original), max(copy, original)]))
    }
  }
}

@Suite struct OverlapTests {
  private static let part = [0.1, 0.2, 0.3, 0.4]

  @Test(arguments: 1...8) func exchangingTwiceRestoresThePair(orientation: Int) {
    let overlap = Overlap(
      orientation: orientation, part: Self.part, otherPart: [0.5, 0, 0.25, 1])
    let again = overlap.exchanged.exchanged
    #expect(again.orientation == orientation)
    for (one, other) in zip(again.part + again.otherPart, overlap.part + overlap.otherPart) {
      #expect(abs(one - other) < 1e-9)
    }
  }

  /// The upper left corner of the other, turned clockwise, is in the upper right one of this.
  @Test func aQuarterTurnIsUndone() {
    let seen = Overlap(
      orientation: 6, part: [0.5, 0, 0.5, 0.5], otherPart: [0.5, 0, 0.5, 0.5]
    ).exchanged
    #expect(seen == Overlap(orientation: 8, part: [0, 0, 0.5, 0.5], otherPart: [0, 0, 0.5, 0.5]))
  }
}
