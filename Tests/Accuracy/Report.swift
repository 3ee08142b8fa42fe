internal import Labelling

/// How many copies are found, how many strangers are taken for copies, and whether a score of 0.7
/// is right seven times of ten.
struct Report {
  private let specimens: [Specimen]
  private let pairs: [Pair]

  init(_ specimens: [Specimen], _ pairs: [Pair]) {
    self.specimens = specimens
    self.pairs = pairs
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
    var sums = [Double](repeating: 0, count: thresholds.count)
    for transform in transforms {
      let recalls = thresholds.map { recall(transform, $0) }
      print(transform.padded, recalls.map(text).joined(separator: "      "))
      for index in sums.indices { sums[index] += recalls[index] / Double(transforms.count) }
    }
    print("average".padded, sums.map(text).joined(separator: "      "))
    let calibration = Calibration(specimens, pairs)
    print(
      "calibration error \(text(calibration.error)), of those kept \(text(calibration.errorOfKept))"
    )
    print(
      "  fitted without the photograph: \(text(calibration.foldedError)), of those kept "
        + text(calibration.foldedErrorOfKept))
  }

  /// Whether one is the other's copy; nil for two copies of one picture, which may show different
  /// parts of it.
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
  /// As wide as a column.
  var padded: String { self + String(repeating: " ", count: max(1, 16 - utf8.count)) }
}

/// A number with three digits behind its point.
func text(_ number: Double) -> String {
  let thousandths = Int((number * 1000).rounded())
  let digits = String(thousandths % 1000)
  return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.utf8.count) + digits
}

extension Pair {
  /// Whether one is the other's copy; nil for two copies of one picture, which may show different
  /// parts of it.
  func isCopy(_ specimens: [Specimen]) -> Bool? {
    let (one, other) = (specimens[first], specimens[second])
    guard one.base == other.base else { return false }
    return one.name == "original" || other.name == "original" ? true : nil
  }

  /// Names, and what was seen.
  func described(_ specimens: [Specimen]) -> String {
    let names = [first, second].map { index in
      let one = specimens[index]
      return "\(one.photo)-\(one.base)-\(one.name)"
    }
    return "\(names[0]) \(names[1]) score \(text(score)) distance \(distance) "
      + "correlation \(correlation) detail \(detail)"
  }
}
