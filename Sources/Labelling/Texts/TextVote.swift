/// Decides between texts: plurality, then the medoid, or ROVER for sentences.
package enum TextVote {
  /// The way to a text.
  package enum Method: String, Sendable {
    /// The text that most people gave.
    case plurality
    /// The text with the least edit distance to all others.
    case medoid
    /// The words that most people gave at each place (Fiscus, A post-processing system to yield reduced
    /// word error rates, ASRU 1997).
    case rover
  }

  /// The best text of an item.
  package struct Outcome: Sendable, Equatable {
    /// The text as somebody wrote it, or words of several people.
    package let content: String
    /// The way to it.
    package let method: Method
    /// The votes for the most frequent text, for `ConsensusRule`.
    package let verdict: ConsensusRule.Verdict
  }

  /// The words from which on a text is a sentence.
  static let fewestWords = 3

  /// Returns the best of some texts; nil without any.
  ///
  /// Texts are the same when their compared forms are. The text of more than half of the people is
  /// the result. Otherwise it is a best guess: for sentences word by word, else the medoid; also for
  /// very long sentences, whose alignment would take too long. The confidence is the share of the most
  /// frequent text. The order of the texts does not matter.
  package static func outcome(_ answers: [LabelAnswer]) -> Outcome? {
    let texts = answers.compactMap { answer in
      answer.content.map { (content: $0, key: answer.comparedContent) }
    }
    let groups = Dictionary(grouping: texts, by: \.key).sorted { one, other in
      (other.value.count, one.key) < (one.value.count, other.key)
    }
    guard let first = groups.first else { return nil }
    let (most, second) = (first.value.count, groups.dropFirst().first?.value.count ?? 0)
    let verdict = ConsensusRule.Verdict(
      label: 0, confidence: Double(most) / Double(texts.count),
      hasMajority: 2 * most > texts.count, lead: most - second, votes: texts.count)
    let forms = groups.map {
      (form: form($0.value.map(\.content)), key: $0.key, times: $0.value.count)
    }
    if verdict.hasMajority {
      return Outcome(content: forms[0].form, method: .plurality, verdict: verdict)
    }
    let medoid = Medoid.place(forms.map { ($0.key, $0.times) })
    let words = texts.map { $0.key.split(separator: " ").count }.sorted()
    if words[words.count / 2] >= fewestWords {
      // The base of the alignment is the sentence that is nearest to all others.
      let order = [medoid] + forms.indices.filter { $0 != medoid }
      let sentences = order.map { self.sentence(forms[$0]) }
      if let text = Rover.text(sentences) {
        return Outcome(content: text, method: .rover, verdict: verdict)
      }
    }
    return Outcome(content: forms[medoid].form, method: .medoid, verdict: verdict)
  }

  /// Returns the words of a group.
  ///
  /// Where folding joins or splits words, they are those of the compared form.
  private static func sentence(_ group: (form: String, key: String, times: Int)) -> Rover.Sentence {
    let words = group.key.split(separator: " ").map(String.init)
    let forms = group.form.split(whereSeparator: \.isWhitespace).map(String.init)
    return Rover.Sentence(
      words: words, forms: forms.count == words.count ? forms : words, times: group.times)
  }

  /// Returns the form that most people of a group wrote; of equals the first in the alphabet.
  private static func form(_ contents: [String]) -> String {
    let counts = Dictionary(grouping: contents) { Array($0.utf8) }
    let best = counts.min { one, other in
      if one.value.count != other.value.count { return one.value.count > other.value.count }
      return one.key.lexicographicallyPrecedes(other.key)
    }
    return best?.value.first ?? ""
  }
}
