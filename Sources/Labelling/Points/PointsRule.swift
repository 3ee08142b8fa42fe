/// The rule for the points of a person's answer to an item.
package enum PointsRule {
  /// An answer of a person, or the trusted answer of an item.
  package struct Answer: Sendable, Equatable {
    /// The classes; empty for none of them, and for texts.
    package let labels: [String]
    /// The text; nil for classes.
    package let content: String?

    /// Makes an answer.
    package init(labels: [String], content: String? = nil) {
      (self.labels, self.content) = (labels, content)
    }
  }

  /// The method of a result that only counted answers.
  package static let majority = "majority"

  /// The fewest counted answers that settle points by themselves.
  package static let fewestVotes = 2

  /// Whether a result settles points.
  ///
  /// A single answer agrees with itself, so it proves nothing: then a gold item or a review decides.
  package static func isDecisive(method: String, votes: Int) -> Bool {
    method != majority || votes >= fewestVotes
  }

  /// Whether an answer agrees with the trusted one.
  ///
  /// Labels are compared as sets. Texts are equal when they differ in spaces only.
  package static func agrees(_ answer: Answer, with trusted: Answer) -> Bool {
    guard let text = trusted.content else {
      return Set(answer.labels) == Set(trusted.labels)
    }
    return answer.content.map { plain($0) == plain(text) } ?? false
  }

  /// Returns the points that an answer earns: all of an item's points, or none.
  package static func earned(_ answer: Answer, trusted: Answer, points: Int) -> Int {
    agrees(answer, with: trusted) ? points : 0
  }

  /// Returns a text without spaces at its ends, and with single spaces inside.
  ///
  /// Swift compares strings by their canonical form, so the result needs no normal form of its own.
  static func plain(_ text: String) -> String {
    let words = text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace)
    return words.map { String($0) }.joined(separator: " ")
  }
}
