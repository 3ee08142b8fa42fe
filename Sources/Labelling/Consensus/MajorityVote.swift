/// The majority vote over the answers of one item.
package enum MajorityVote {
  /// The kind of answer that a project asks for.
  package enum Kind: String, CaseIterable, Sendable {
    /// One class, or none of the classes.
    case choice
    /// Any number of classes.
    case multi
    /// A text.
    case text
  }

  /// The result of a vote.
  package enum Verdict: Sendable, Equatable {
    /// More than half of the answers agree; the share of those that do is 0.5…1.
    case resolved(LabelAnswer, share: Double)
    /// No answer has a majority.
    case contested
  }

  /// Returns the answer of more than half of the people.
  ///
  /// Each class of several is decided by itself. Texts are equal when they differ in spaces only.
  /// The result does not depend on the order of the answers. Without answers it is contested.
  package static func verdict(_ answers: [LabelAnswer], as kind: Kind) -> Verdict {
    guard !answers.isEmpty else { return .contested }
    return switch kind {
    case .choice: whole(answers) { $0.labels.sorted() }
    case .multi: eachClass(answers)
    case .text: whole(answers) { [$0.comparedContent] }
    }
  }

  private static func whole(_ answers: [LabelAnswer], _ key: (LabelAnswer) -> [String]) -> Verdict {
    let groups = Dictionary(grouping: answers, by: key)
    guard let most = groups.values.max(by: { $0.count < $1.count }),
      2 * most.count > answers.count, let answer = mostFrequent(most)
    else { return .contested }
    return .resolved(answer, share: Double(most.count) / Double(answers.count))
  }

  /// Returns the form that most people of a group wrote; of equals the first in the alphabet.
  private static func mostFrequent(_ group: [LabelAnswer]) -> LabelAnswer? {
    let forms = Dictionary(grouping: group) { $0.content ?? "" }
    return forms.min { ($1.value.count, $0.key) < ($0.value.count, $1.key) }?.value.first.map {
      LabelAnswer(labels: $0.labels.sorted(), content: $0.content)
    }
  }

  private static func eachClass(_ answers: [LabelAnswer]) -> Verdict {
    var votes: [String: Int] = [:]
    for answer in answers { for label in Set(answer.labels) { votes[label, default: 0] += 1 } }
    guard !votes.values.contains(where: { 2 * $0 == answers.count }) else { return .contested }
    let chosen = votes.filter { 2 * $0.value > answers.count }.keys.sorted()
    let weakest = votes.values.map { max($0, answers.count - $0) }.min() ?? answers.count
    return .resolved(LabelAnswer(labels: chosen), share: Double(weakest) / Double(answers.count))
  }
}
