/// The thresholds that an installation sets instead of the default ones in `QualityCheck.all`.
package struct QualityThresholds: Equatable, Sendable {
  /// A text is not a valid list of thresholds.
  package struct Refusal: Error, Equatable {
    /// One sentence for the operator.
    package let sentence: String
  }

  private var numbers: [String: Double] = [:]
  private var off: Set<String> = []

  /// The default thresholds.
  package init() {}

  /// Reads `flag=number` or `flag=off`, separated by commas.
  package init(_ text: String) throws(Refusal) {
    for part in text.split(separator: ",", omittingEmptySubsequences: true) {
      let words = part.split(separator: "=", omittingEmptySubsequences: false).map {
        $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      }
      guard words.count == 2 else {
        throw Refusal(sentence: "Thresholds are written as blurry=0.8,dark=off.")
      }
      try set(words[0], to: words[1])
    }
  }

  private mutating func set(_ flag: String, to word: String) throws(Refusal) {
    let checks = QualityCheck.all.filter { $0.flag != QualityCheck.corrupt.flag }
    guard let check = checks.first(where: { $0.flag == flag }) else {
      let flags = checks.map(\.flag).joined(separator: ", ")
      throw Refusal(sentence: "There is no flag '\(flag)': use \(flags).")
    }
    guard numbers[flag] == nil, !off.contains(flag) else {
      throw Refusal(sentence: "The threshold of \(flag) is set twice.")
    }
    if word == "off" {
      off.insert(flag)
      return
    }
    guard let range = check.range else {
      throw Refusal(sentence: "\(flag) has no threshold: it can only be off.")
    }
    guard let number = Double(word), range.contains(number) else {
      let (least, most) = (Int(range.lowerBound), Int(range.upperBound))
      throw Refusal(sentence: "The threshold of \(flag) must be from \(least) to \(most), or off.")
    }
    numbers[flag] = number
  }

  /// The threshold of a check; nil when it is off.
  func of(_ check: QualityCheck) -> Double? {
    off.contains(check.flag) ? nil : numbers[check.flag] ?? check.threshold
  }
}
