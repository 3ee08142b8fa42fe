/// The level of quality control; each level has the checks of the lower ones, and more.
package enum QualityLevel: String, CaseIterable, Comparable, Sendable {
  /// Checks for pictures that nobody can label, because nearly nothing can be seen.
  case basic
  /// Adds checks for pictures that are labelled badly, or of which a labeler sees only a part.
  case standard
  /// Adds properties that are not faults, but matter for training or publishing.
  case strict

  /// All names of levels; the first three are synonyms of the other three.
  package static let words = ["fast", "medium", "slow", "basic", "standard", "strict"]

  /// The level with this name; nil when it is not one of `words`.
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
