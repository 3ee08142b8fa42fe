/// The kind of answer that a project asks for.
package enum AnswerKind: String, CaseIterable, Sendable {
  /// One class, or none of the classes.
  case choice
  /// Any number of classes.
  case multi
  /// A text.
  case text
}
