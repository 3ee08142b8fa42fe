/// How much quality control says of a picture; each level says what those before it say, and more.
package enum QualityLevel: String, CaseIterable, Comparable, Sendable {
  /// What nobody can label: it cannot be seen, or next to nothing of it.
  case basic
  /// Also what is labelled badly: poor pictures, and those of which a labeler sees only a part.
  case standard
  /// Also what is no fault, but matters to who trains with a picture or publishes it.
  case strict

  /// All words for levels, the first three with the meaning of the other three.
  package static let words = ["fast", "medium", "slow", "basic", "standard", "strict"]

  /// The level of a word; nil when it is none of `words`.
  package init?(word: String) {
    guard let place = Self.words.firstIndex(of: word) else { return nil }
    self = Self.allCases[place % Self.allCases.count]
  }

  package static func < (one: QualityLevel, other: QualityLevel) -> Bool {
    one.place < other.place
  }

  private var place: Int {
    switch self {
    case .basic: 0
    case .standard: 1
    case .strict: 2
    }
  }
}
