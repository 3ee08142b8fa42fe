internal import Glibc

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
    let strangers = pairs.filter { isCopy($0) == false }.map(\.score)
    let threshold = strangers.max() ?? 0
    print("\(specimens.count) pictures of \(bases) bases from \(photos) photographs")
    print("\(pairs.count) pairs suspected, \(strangers.count) of them strangers")
    print("false pairs at 0.5: \(strangers.count { $0 >= 0.5 }), highest score \(text(threshold))")
    print("transform      recall at 0.5   without a false pair")
    let transforms = Set(specimens.map(\.name)).subtracting(["original"]).sorted()
    var (sum, strictSum) = (0.0, 0.0)
    for transform in transforms {
      let (plain, strict) = (recall(transform, 0.5), recall(transform, threshold.nextUp))
      let name = transform + String(repeating: " ", count: max(1, 16 - transform.utf8.count))
      print("\(name)  \(text(plain))            \(text(strict))")
      sum += plain
      strictSum += strict
    }
    let count = Double(transforms.count)
    print("average           \(text(sum / count))            \(text(strictSum / count))")
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

  /// Whether the bands of the one find the other.
  func sharesBand(_ specimens: [Specimen]) -> Bool {
    true
  }
}
