internal import HTTP
internal import Labelling
internal import Postgres
internal import Vocabulary
internal import Web

/// An answer that somebody who manages a request gives: gold, or a decision.
struct KnownAnswer {
  let labels: [String]
  let content: String?

  /// Makes an answer; nil unless exactly one of the three is there.
  init?(label: String?, labels: [String]?, content: String?) {
    guard [label != nil, labels != nil, content != nil].count(where: \.self) == 1 else {
      return nil
    }
    self.labels = labels ?? label.map { [$0] } ?? []
    self.content = content
  }

  /// The answer as the rules of consensus take it.
  var answer: LabelAnswer { LabelAnswer(labels: labels, content: content) }

  /// The rule that an answer has one class, several, or a text.
  static let oneOf = Alternatives(
    ["label", "labels", "content"], excludeOthers: true,
    orElse: Violation("labels", "or label or content is required, and only one of them"))

  /// Checks that the answer is of the kind that the request asks for.
  /// - Throws: 400 for another kind or an unknown class.
  func check(_ rules: Rules) throws(Problem) {
    switch (rules.kind, content) {
    case (.text, nil):
      throw .invalid([Violation("content", "is required: the request asks for a text")])
    case (.choice, _?), (.multi, _?):
      throw .invalid([Violation("labels", "is required: the request asks for classes")])
    case (.choice, nil) where labels.count > 1:
      throw .invalid([Violation("labels", "must be one class, or none")])
    default: break
    }
    try ClassNames.expect(labels, in: rules.classes)
  }

  /// The answers that a request asks for.
  struct Rules {
    let classes: [String]
    /// The kind of answer; nil before the request is opened to the crowd.
    let kind: AnswerKind?
  }
}
