/// An answer to an item: a person's, or the trusted one.
package struct LabelAnswer: Sendable, Equatable {
  /// The classes; empty for none of them, and for texts.
  package let labels: [String]
  /// The text; nil for classes.
  package let content: String?

  /// Makes an answer.
  package init(labels: [String], content: String? = nil) {
    (self.labels, self.content) = (labels, content)
  }

  /// The text without spaces at its ends, and with single spaces inside; empty for classes.
  ///
  /// Swift compares strings by their canonical form, so it needs no normal form of its own.
  package var comparedContent: String {
    let words = (content ?? "").unicodeScalars.split(whereSeparator: \.properties.isWhitespace)
    return words.map { String($0) }.joined(separator: " ")
  }

  /// Whether two answers say the same.
  ///
  /// Labels are compared as sets. Texts are equal when they differ in spaces only.
  package func agrees(with other: LabelAnswer) -> Bool {
    (content == nil) == (other.content == nil) && Set(labels) == Set(other.labels)
      && comparedContent == other.comparedContent
  }

  /// Whether two answers are equal to the letter.
  package func isSame(as other: LabelAnswer) -> Bool {
    Set(labels) == Set(other.labels)
      && content.map { Array($0.utf8) } == other.content.map { Array($0.utf8) }
  }
}
