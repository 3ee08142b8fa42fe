internal import Glibc

/// A model fitted to a table of votes.
package struct SkillFit: Sendable {
  /// The model.
  package let model: SkillModel
  /// Everybody's skill, people × `SkillModel.width`.
  package let skills: [Double]
  /// The number of rounds until it stopped.
  package let rounds: Int

  /// Returns the skill of a person.
  package func skill(of person: Int) -> [Double] {
    let width = SkillModel.width(model.method, model.classes)
    return Array(skills[person * width..<(person + 1) * width])
  }
}

/// Dawid and Skene's algorithm, with one accuracy or a confusion matrix per person.
///
/// It begins with the shares of the votes. A person's counts are smoothed toward what all people do
/// together, as if the person had given `weight` more answers to each class like that. The known
/// answers of gold and reviews do not enter, so that they can judge the result.
struct ExpectationMaximization {
  /// The weight of the average in answers.
  ///
  /// On four public sets .15 keeps the accuracy of no smoothing,
  /// and the calibration error of heavier smoothing.
  static let weight = 0.15
  /// The most rounds.
  static let mostRounds = 100
  /// The change of a probability that counts as none.
  static let tolerance = 1e-4

  private let table: VoteTable
  private let isOneCoin: Bool
  private var posterior: [Double]
  private var prior: [Double]
  private var average: [Double] = []
  private var skills: [Double] = []

  private init(_ table: VoteTable, isOneCoin: Bool) {
    (self.table, self.isOneCoin) = (table, isOneCoin)
    posterior = table.shares()
    prior = [Double](repeating: 1 / Double(table.classes), count: table.classes)
  }

  /// Fits a model.
  static func fit(_ table: VoteTable, isOneCoin: Bool) -> SkillFit {
    var state = ExpectationMaximization(table, isOneCoin: isOneCoin)
    var rounds = 0
    repeat {
      state.maximize()
      rounds += 1
    } while state.expect() > tolerance && rounds < mostRounds
    let method: SkillModel.Method = isOneCoin ? .oneCoin : .dawidSkene
    return SkillFit(
      model: SkillModel(unchecked: method, table.classes, state.prior, state.average),
      skills: state.skills, rounds: rounds)
  }

  /// Estimates the prior and everybody's skill from the posterior.
  private mutating func maximize() {
    let (classes, items) = (table.classes, table.items)
    var sums = [Double](repeating: 1, count: classes)
    for place in posterior.indices { sums[place % classes] += posterior[place] }
    prior = sums.map { $0 / Double(items + classes) }
    if isOneCoin { estimateAccuracies() } else { estimateConfusions() }
  }

  private mutating func estimateAccuracies() {
    let classes = table.classes
    var (right, all) = (
      [Double](repeating: 0, count: table.people), [Double](repeating: 0, count: table.people)
    )
    for item in 0..<table.items {
      for place in table.starts[item]..<table.starts[item + 1] {
        right[Int(table.voters[place])] += posterior[item * classes + Int(table.labels[place])]
        all[Int(table.voters[place])] += 1
      }
    }
    let mean = (right.reduce(0, +) + 1) / (all.reduce(0, +) + 2)
    average = [Self.bounded(mean)]
    let weight = Self.weight * Double(classes)
    skills = zip(right, all).map { Self.bounded(($0 + weight * mean) / ($1 + weight)) }
  }

  private mutating func estimateConfusions() {
    let (classes, width) = (table.classes, table.classes * table.classes)
    // Person × answer × truth, so that the inner loop walks over neighbours.
    var counts = [Double](repeating: 0, count: table.people * width)
    counts.withUnsafeMutableBufferPointer { counts in
      posterior.withUnsafeBufferPointer { posterior in
        for item in 0..<table.items {
          for place in table.starts[item]..<table.starts[item + 1] {
            let base = Int(table.voters[place]) * width + Int(table.labels[place]) * classes
            for truth in 0..<classes { counts[base + truth] += posterior[item * classes + truth] }
          }
        }
      }
    }
    average = pooled(counts)
    skills = [Double](repeating: 0, count: counts.count)
    for person in 0..<table.people {
      for truth in 0..<classes {
        var sum = Self.weight
        for label in 0..<classes { sum += counts[person * width + label * classes + truth] }
        for label in 0..<classes {
          let count = counts[person * width + label * classes + truth]
          skills[person * width + truth * classes + label] = Self.bounded(
            (count + Self.weight * average[truth * classes + label]) / sum)
        }
      }
    }
  }

  /// Returns the confusion matrix of all people together, truth × answer.
  ///
  /// One right answer to each class, and a trace of each wrong one, are added.
  private func pooled(_ counts: [Double]) -> [Double] {
    let (classes, trace) = (table.classes, 0.01)
    var sums = [Double](repeating: trace, count: classes * classes)
    for truth in 0..<classes { sums[truth * classes + truth] += 1 }
    for place in counts.indices {
      let (label, truth) = (place / classes % classes, place % classes)
      sums[truth * classes + label] += counts[place]
    }
    for truth in 0..<classes {
      let row = truth * classes..<(truth + 1) * classes
      let sum = sums[row].reduce(0, +)
      for place in row { sums[place] = Self.bounded(sums[place] / sum) }
    }
    return sums
  }

  private static func bounded(_ chance: Double) -> Double {
    min(max(chance, SkillModel.least), 1 - SkillModel.least)
  }

  /// Computes the posterior from prior and skills; returns its greatest change.
  private mutating func expect() -> Double {
    let (classes, logPrior) = (table.classes, prior.map { log($0) })
    let chances = isOneCoin ? [] : logConfusions()
    let coins = isOneCoin ? logCoins() : []
    var (change, scores) = (0.0, [Double](repeating: 0, count: classes))
    posterior.withUnsafeMutableBufferPointer { posterior in
      scores.withUnsafeMutableBufferPointer { scores in
        chances.withUnsafeBufferPointer { chances in
          for item in 0..<table.items {
            for truth in 0..<classes { scores[truth] = logPrior[truth] }
            for place in table.starts[item]..<table.starts[item + 1] {
              let (person, label) = (Int(table.voters[place]), Int(table.labels[place]))
              if isOneCoin {
                // The wrong answer's share is common to all classes, so it falls out.
                scores[label] += coins[person]
              } else {
                let base = (person * classes + label) * classes
                for truth in 0..<classes { scores[truth] += chances[base + truth] }
              }
            }
            let row = UnsafeMutableBufferPointer(
              rebasing: posterior[item * classes..<(item + 1) * classes])
            change = max(change, Self.normalize(scores, into: row))
          }
        }
      }
    }
    return change
  }

  /// Writes the probabilities of scores; returns the greatest change.
  private static func normalize(
    _ scores: UnsafeMutableBufferPointer<Double>, into row: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var (top, sum, change) = (-Double.infinity, 0.0, 0.0)
    for place in scores.indices { top = max(top, scores[place]) }
    for place in scores.indices {
      scores[place] = exp(scores[place] - top)
      sum += scores[place]
    }
    for place in scores.indices {
      let new = scores[place] / sum
      change = max(change, abs(new - row[place]))
      row[place] = new
    }
    return change
  }

  /// Returns what a vote adds to the score of its class, for each person of one accuracy.
  private func logCoins() -> [Double] {
    skills.map { skill in
      let wrong = max((1 - skill) / Double(max(1, table.classes - 1)), SkillModel.least)
      return log(skill / wrong)
    }
  }

  /// Returns the logarithms of the chances, person × answer × truth.
  private func logConfusions() -> [Double] {
    let (classes, width) = (table.classes, table.classes * table.classes)
    var chances = [Double](repeating: 0, count: table.people * width)
    for person in 0..<table.people {
      for truth in 0..<classes {
        for label in 0..<classes {
          chances[person * width + label * classes + truth] = log(
            skills[person * width + truth * classes + label])
        }
      }
    }
    return chances
  }
}
