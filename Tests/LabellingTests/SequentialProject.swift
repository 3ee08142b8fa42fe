import Labelling

/// A project whose items get one answer a round, until the rule decides them.
struct SequentialProject {
  /// The rules of the project.
  struct Rules {
    var fewest = 2
    var most = 7
    var target = 0.9
    /// The share of items whose answer is known.
    var gold = 0.0
  }

  /// The answers and the accuracy of the project.
  struct Outcome {
    /// The number of answers to ordinary items.
    var answers = 0
    /// The number of ordinary items, and of those that the rule resolved before the last answer.
    var (items, early) = (0, 0)
    /// The items whose class is right: all, and those that were resolved early.
    var (right, rightEarly) = (0, 0)

    var accuracy: Double { Double(right) / Double(max(1, items)) }
    var earlyError: Double { 1 - Double(rightEarly) / Double(max(1, early)) }
    var answersPerItem: Double { Double(answers) / Double(max(1, items)) }

    static func + (one: Outcome, two: Outcome) -> Outcome {
      Outcome(
        answers: one.answers + two.answers, items: one.items + two.items,
        early: one.early + two.early, right: one.right + two.right,
        rightEarly: one.rightEarly + two.rightEarly)
    }
  }

  /// Runs a project; the model is fitted anew after each round, as the job does.
  static func run(_ crowd: SyntheticCrowd, _ rules: Rules) -> Outcome {
    var crowd = crowd
    let all = crowd.votes(each: rules.most)
    let gold = Set(all.indices.prefix(Int(rules.gold * Double(all.count))))
    var given = [Int](repeating: 0, count: all.count)
    var (result, open) = (Outcome(), Set(all.indices))
    for round in 1...rules.most {
      for item in open { given[item] += 1 }
      let table = VoteTable(zip(all, given).map { Array($0.prefix($1)) }, classes: crowd.classes)
      let fit = Aggregation.fit(table)
      let isFull = round == rules.most
      guard isFull || round >= rules.fewest else { continue }
      let known = gold.sorted().map { (item: $0, truth: crowd.truths[$0]) }
      let temperature = Temperature.fit(
        Aggregation.examples(fit, table, known: known), items: known.count)
      for item in open.subtracting(gold) {
        let verdict = ConsensusRule.verdict(table.skilled(item, fit), fit.model, temperature)
        let state = ConsensusRule.state(
          [verdict], .init(target: rules.target, isFull: isFull),
          isCalibrated: fit.model.method != .majority && temperature.isCalibrated)
        guard isFull || state == .resolved else { continue }
        open.remove(item)
        if !isFull {
          result.early += 1
          result.rightEarly += verdict.label == crowd.truths[item] ? 1 : 0
        }
      }
      guard isFull else { continue }
      for item in all.indices where !gold.contains(item) {
        let label = ConsensusRule.verdict(table.skilled(item, fit), fit.model, temperature).label
        result.items += 1
        result.answers += given[item]
        result.right += label == crowd.truths[item] ? 1 : 0
      }
    }
    return result
  }
}
