/// An answer to an item: a person's, or the trusted one.
package struct LabelAnswer: Sendable, Equatable {
  /// The classes; empty for none of them, and for texts.
  package let labels: [String]
  /// The text; nil for classes.
  package let content: String?
  /// The text as it is compared; empty for classes.
  package let comparedContent: String

  /// Makes an answer.
  /// - Parameter compared: the text in the forms of its project; nil to compare all but spaces.
  package init(labels: [String], content: String? = nil, compared: String? = nil) {
    (self.labels, self.content) = (labels, content)
    comparedContent = compared ?? content.map { TextForms([]).fold($0) } ?? ""
  }

  /// Whether two answers say the same.
  ///
  /// Labels are compared as sets, texts in their compared forms.
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
