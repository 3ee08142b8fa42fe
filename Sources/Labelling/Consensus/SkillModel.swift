internal import Glibc

/// The skill of people as a model: all of a fit that an item's result needs.
package struct SkillModel: Sendable, Equatable {
  /// The method of aggregation.
  package enum Method: String, Sendable, CaseIterable {
    /// Each answer counts the same.
    case majority
    /// Each answer counts as much as its person agrees with the majority (worker agreement with
    /// aggregate).
    case wawa
    /// One accuracy per person, the same for all classes.
    case oneCoin = "one-coin"
    /// A confusion matrix per person (Dawid and Skene, Applied Statistics 28, 1979).
    case dawidSkene = "dawid-skene"
  }

  /// The method.
  package let method: Method
  /// The number of classes.
  package let classes: Int
  /// The share of each class, which sums to 1.
  package let prior: [Double]
  /// The skill of people who are not in the fit.
  package let average: [Double]

  /// Makes a model; nil when the numbers do not belong together.
  package init?(method: Method, classes: Int, prior: [Double], average: [Double]) {
    guard classes > 0, prior.count == classes, prior.allSatisfy({ $0 > 0 && $0 <= 1 }),
      Self.isSkill(average, method, classes)
    else { return nil }
    (self.method, self.classes, self.prior, self.average) = (method, classes, prior, average)
  }

  /// A model in which each answer counts the same.
  package static func majority(classes: Int) -> SkillModel {
    let classes = max(1, classes)
    return SkillModel(
      unchecked: .majority, classes, [Double](repeating: 1 / Double(classes), count: classes), [])
  }

  init(unchecked method: Method, _ classes: Int, _ prior: [Double], _ average: [Double]) {
    (self.method, self.classes, self.prior, self.average) = (method, classes, prior, average)
  }

  /// The number of numbers in a skill: none for majority, an accuracy for Wawa and one-coin, and
  /// classes × classes for Dawid–Skene: the chance of each answer (column) for each truth (row).
  package static func width(_ method: Method, _ classes: Int) -> Int {
    switch method {
    case .majority: 0
    case .wawa, .oneCoin: 1
    case .dawidSkene: classes * classes
    }
  }

  private static func isSkill(_ skill: [Double], _ method: Method, _ classes: Int) -> Bool {
    skill.count == width(method, classes) && skill.allSatisfy { $0 > 0 && $0 <= 1 }
  }

  /// One person's vote on an item, with the person's skill; nil for somebody new.
  package typealias SkilledVote = (skill: [Double]?, label: Int)

  /// The log-probabilities of the classes after some votes; they are normalised.
  ///
  /// The result does not depend on the order of the votes, but for rounding.
  package func logPosterior(_ votes: [SkilledVote]) -> [Double] {
    let votes = votes.filter { (0..<classes).contains($0.label) }
    switch method {
    case .majority: return shares(votes) { _ in 1 }
    case .wawa: return shares(votes) { $0[0] }
    case .oneCoin, .dawidSkene:
      var scores = prior.map { log($0) }
      for vote in votes {
        let skill = self.skill(vote.skill)
        for truth in 0..<classes { scores[truth] += log(chance(of: vote.label, truth, skill)) }
      }
      return Softmax.logarithms(scores)
    }
  }

  /// The weight of an answer in the result.
  ///
  /// For majority and Wawa it is the vote's weight. For the others it is the logarithm (nats) of how
  /// much more likely the answer is when it is true than when another class is true; it is negative
  /// for somebody who is more often wrong than right.
  package func weight(_ vote: SkilledVote) -> Double {
    let skill = self.skill(vote.skill)
    switch method {
    case .majority: return 1
    case .wawa: return skill[0]
    case .oneCoin, .dawidSkene:
      guard classes > 1 else { return 0 }
      let others = (0..<classes).filter { $0 != vote.label }
      let wrong = others.reduce(0) { $0 + chance(of: vote.label, $1, skill) }
      return log(chance(of: vote.label, vote.label, skill) / (wrong / Double(others.count)))
    }
  }

  /// The share of right answers that a skill expects, 0…1; nil for majority.
  package func accuracy(_ skill: [Double]) -> Double? {
    switch method {
    case .majority: nil
    case .wawa, .oneCoin: skill.first
    case .dawidSkene:
      (0..<classes).reduce(0.0) { $0 + prior[$1] * skill[$1 * classes + $1] }
    }
  }

  private func skill(_ skill: [Double]?) -> [Double] {
    guard let skill, Self.isSkill(skill, method, classes) else { return average }
    return skill
  }

  private func chance(of label: Int, _ truth: Int, _ skill: [Double]) -> Double {
    switch method {
    case .oneCoin:
      let others = Double(max(1, classes - 1))
      return label == truth ? skill[0] : max((1 - skill[0]) / others, Self.least)
    default: return skill[truth * classes + label]
    }
  }

  /// The least chance of an answer, so that no single one decides alone.
  static let least = 1e-9

  private func shares(_ votes: [SkilledVote], _ weight: ([Double]) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: classes)
    for vote in votes { sums[vote.label] += method == .majority ? 1 : weight(skill(vote.skill)) }
    let total = sums.reduce(0, +)
    guard total > 0 else { return prior.map { log($0) } }
    return Softmax.logarithms(sums.map { log(max($0 / total, Self.least)) })
  }
}

/// Probabilities from scores.
enum Softmax {
  /// Returns normalised log-probabilities.
  static func logarithms(_ scores: [Double]) -> [Double] {
    let top = scores.max() ?? 0
    let sum = log(scores.reduce(0) { $0 + exp($1 - top) }) + top
    return scores.map { $0 - sum }
  }
}
