internal import Glibc

/// Decides an item from its votes: resolved, contested, or not yet.
package enum ConsensusRule {
  /// The condition of a pool for a result.
  package struct Demand: Sendable {
    /// The confidence from which an item is resolved, above 0.5 and below 1.
    package let target: Double
    /// Whether the item gets no more answers.
    package let isFull: Bool

    /// Makes a demand.
    package init(target: Double, isFull: Bool) { (self.target, self.isFull) = (target, isFull) }
  }

  /// The state of a decision.
  package enum State: Sendable, Equatable {
    /// It needs more answers.
    case undecided
    case resolved
    /// No answer is sure enough, and nobody may answer any more.
    case contested
  }

  /// A decision about one question: a class of several, or whether an item has a class.
  package struct Verdict: Sendable, Equatable {
    /// The best class.
    package let label: Int
    /// The probability of the best class, 0…1.
    package let confidence: Double
    /// Whether more than half of the votes are for the best class.
    package let hasMajority: Bool
    /// The votes for the best class without those for the strongest other one.
    package let lead: Int
    /// The number of votes.
    package let votes: Int

    /// Makes a verdict.
    package init(label: Int, confidence: Double, hasMajority: Bool, lead: Int, votes: Int) {
      (self.label, self.confidence, self.hasMajority) = (label, confidence, hasMajority)
      (self.lead, self.votes) = (lead, votes)
    }
  }

  /// Returns the best class of an item with at least one vote.
  ///
  /// Without a model the confidence is the share of the votes. Of equally sure classes the one with
  /// more votes is the best, then the first.
  package static func verdict(
    _ votes: [SkillModel.SkilledVote], _ model: SkillModel, _ temperature: Temperature
  ) -> Verdict {
    var counts = [Int](repeating: 0, count: model.classes)
    for vote in votes where counts.indices.contains(vote.label) { counts[vote.label] += 1 }
    let chances =
      model.method == .majority
      ? counts.map { Double($0) / Double(max(1, votes.count)) }
      : temperature.probabilities(model.logPosterior(votes))
    let best = chances.indices.reduce(0) { best, label in
      (chances[label], counts[label]) > (chances[best], counts[best]) ? label : best
    }
    let second = counts.indices.filter { $0 != best }.map { counts[$0] }.max() ?? 0
    return Verdict(
      label: best, confidence: chances[best], hasMajority: 2 * counts[best] > votes.count,
      lead: counts[best] - second, votes: votes.count)
  }

  /// Decides an item by all its questions: one, or one for each class of several.
  ///
  /// A calibrated confidence resolves the item when it reaches the target. Otherwise an agreement
  /// rule decides early: see `lead` and `fewestVotes`. A full item without a calibrated confidence at
  /// the target is resolved when more than half of the people agree with the best class, and else
  /// contested.
  package static func state(
    _ verdicts: [Verdict], _ demand: Demand, isCalibrated: Bool
  ) -> State {
    let isSure =
      isCalibrated
      ? verdicts.allSatisfy { $0.confidence >= demand.target }
      : verdicts.allSatisfy { isAgreed($0, demand.target) }
    if isSure { return .resolved }
    guard demand.isFull else { return .undecided }
    return verdicts.allSatisfy(\.hasMajority) ? .resolved : .contested
  }

  /// The fewest votes that decide early while no confidence is calibrated.
  ///
  /// Two people who always give the same class would decide alone. On synthetic crowds with a quarter
  /// of such people 8.8 % of the early results at a target of .9 are wrong, with a third vote 4.1 %;
  /// with a fifth of spammers and a tenth of misleading items 9.5 and 7.1 %.
  static let fewestVotes = 3

  private static func isAgreed(_ verdict: Verdict, _ target: Double) -> Bool {
    verdict.hasMajority && verdict.votes >= fewestVotes && verdict.lead >= lead(for: target)
  }

  /// The lead in votes that resolves an item early while no confidence is calibrated.
  ///
  /// It is what a sequential test (Wald 1945) asks of people who are right in four of five cases:
  /// two votes up to a target of .94, three up to .98, and so on.
  package static func lead(for target: Double) -> Int {
    max(2, Int((log(target / (1 - target)) / log(4)).rounded(.up)))
  }
}
