internal import Imaging
internal import Labelling
internal import Matching

/// Measures duplicates found by bands, beyond the number of pictures that are compared with all.
struct Banded {
  private let specimens: [Specimen]
  private let pairs: [Pair]
  private let keys: [[Int]]
  private let probes: [Set<Int>]

  init(_ specimens: [Specimen], _ pairs: [Pair]) {
    self.specimens = specimens
    self.pairs = pairs
    keys = specimens.map { Bands.keys(of: $0.likeness.whole) }
    probes = specimens.map { Bands.probes(of: $0.likeness) }
  }

  func show() {
    print("by bands        original known   copy known")
    let transforms = Set(specimens.map(\.name)).subtracting(["original"]).sorted()
    var sums = [0.0, 0.0]
    for transform in transforms {
      let all = Double(specimens.count { $0.name == transform })
      let found = pairs.filter { $0.score >= DuplicateScore.flagged }.compactMap { pair in
        originalAndCopy(pair, transform)
      }
      let recalls = [
        Double(found.count { isFound($0.original, by: $0.copy) }) / all,
        Double(found.count { isFound($0.copy, by: $0.original) }) / all,
      ]
      print(transform.padded, recalls.map(text).joined(separator: "            "))
      for index in sums.indices { sums[index] += recalls[index] / Double(transforms.count) }
    }
    print("average".padded, sums.map(text).joined(separator: "            "))
    print("of strangers looked at: \(text(strangers)), probes of a picture: \(probesEach)")
  }

  private func originalAndCopy(_ pair: Pair, _ transform: String) -> (original: Int, copy: Int)? {
    guard pair.isCopy(specimens) == true else { return nil }
    let isFirst = specimens[pair.first].name == "original"
    let (original, copy) = isFirst ? (pair.first, pair.second) : (pair.second, pair.first)
    return specimens[copy].name == transform ? (original, copy) : nil
  }

  private func isFound(_ known: Int, by new: Int) -> Bool {
    keys[known].contains { probes[new].contains($0) }
  }

  private var strangers: Double {
    let originals = specimens.indices.filter { specimens[$0].name == "original" }
    let found = originals.reduce(0) { sum, new in
      sum + originals.count { $0 != new && isFound($0, by: new) }
    }
    return Double(found) / Double(max(1, originals.count * (originals.count - 1)))
  }

  private var probesEach: Int { probes.reduce(0) { $0 + $1.count } / max(1, probes.count) }
}
