internal import Labelling

/// Reports the share of copies found, the false positives, and whether scores are calibrated: of
/// pairs with a score of 0.7, seven of ten should be copies.
struct Report {
  /// The most common kinds of copies; the other transforms test further sizes, shapes and mixtures.
  private static let common: Set<String> = [
    "resize25", "quality30", "crop10", "crop20", "crop30", "rotate90", "flip", "border", "text",
    "watermark", "colour",
  ]

  private let specimens: [Specimen]
  private let pairs: [Pair]

  init(_ album: Album) {
    specimens = album.specimens
    pairs = album.pairs
  }

  func show() {
    let bases = Set(specimens.map(\.base)).count, photos = Set(specimens.map(\.photo)).count
    let strangers = pairs.filter { isCopy($0) == false }
    let neighbours = strangers.filter { specimens[$0.first].photo == specimens[$0.second].photo }
    let others = strangers.filter { specimens[$0.first].photo != specimens[$0.second].photo }
    print("\(specimens.count) pictures of \(bases) bases from \(photos) photographs")
    print(
      "\(pairs.count) pairs suspected: \(others.count) of different photographs, "
        + "\(neighbours.count) of neighbours, two parts of one photograph")
    let flagged = [others, neighbours].map { $0.count { $0.score >= DuplicateScore.flagged } }
    print("false pairs at 0.5: \(flagged[0]) of different photographs, \(flagged[1]) of neighbours")
    let thresholds = [
      DuplicateScore.flagged, (others.map(\.score).max() ?? 0).nextUp,
      (strangers.map(\.score).max() ?? 0).nextUp,
    ]
    print("recall          at \(thresholds.map(text).joined(separator: "   at "))")
    print("                flagged    no other   nor neighbour")
    let transforms = Set(specimens.map(\.name)).subtracting(["original"]).sorted()
    let recalls = transforms.map { transform in thresholds.map { recall(transform, $0) } }
    for (transform, recalls) in zip(transforms, recalls) { show(transform, recalls) }
    show("average", average(recalls))
    let common = zip(transforms, recalls).filter { Self.common.contains($0.0) }
    show("of \(common.count) common", average(common.map(\.1)))
    Calibration([Album(specimens, pairs)]).show()
  }

  private func show(_ name: String, _ recalls: [Double]) {
    print(name.padded, recalls.map(text).joined(separator: "      "))
  }

  /// The mean of each column.
  private func average(_ rows: [[Double]]) -> [Double] {
    let columns = rows.first?.indices ?? 0..<0
    return columns.map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
  }

  /// Whether one is a copy of the other; nil for two copies of one picture, which may show
  /// different parts of it.
  private func isCopy(_ pair: Pair) -> Bool? { pair.isCopy(specimens) }

  private func recall(_ transform: String, _ threshold: Double) -> Double {
    let all = specimens.count { $0.name == transform }
    let found = pairs.count { pair in
      isCopy(pair) == true && pair.score >= threshold
        && (specimens[pair.first].name == transform || specimens[pair.second].name == transform)
    }
    return Double(found) / Double(max(1, all))
  }
}

extension String {
  /// The text padded to the width of a column.
  var padded: String { self + String(repeating: " ", count: max(1, 16 - utf8.count)) }
}

/// A number with three decimal places.
func text(_ number: Double) -> String {
  let thousandths = Int((number * 1000).rounded())
  let digits = String(thousandths % 1000)
  return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.utf8.count) + digits
}

extension Pair {
  /// Whether one is a copy of the other.
  func isCopy(_ specimens: [Specimen]) -> Bool? { specimens[first].isCopy(of: specimens[second]) }

  /// Names and results of the pair.
  func described(_ specimens: [Specimen]) -> String {
    let names = [first, second].map { index in
      let one = specimens[index]
      return "\(one.photo)-\(one.base)-\(one.name)"
    }
    return "\(names[0]) \(names[1]) score \(text(score)) distance \(distance) "
      + "correlation \(correlation) detail \(detail) "
      + "residual \(residual)"
  }
}
