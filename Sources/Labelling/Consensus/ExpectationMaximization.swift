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
  /// An accuracy per person, or the chances of Dawid–Skene, person × answer × truth.
  ///
  /// In this order the inner loops walk over neighbours.
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
    if !isOneCoin { state.transpose() }
    return SkillFit(
      model: SkillModel(unchecked: method, table.classes, state.prior, state.average),
      skills: state.skills, rounds: rounds)
  }

  /// Estimates the prior and everybody's skill from the posterior.
  private mutating func maximize() {
    let (classes, items) = (table.classes, table.items)
    var sums = [Double](repeating: 1, count: classes)
    for item in 0..<items {
      for label in 0..<classes { sums[label] += posterior[item * classes + label] }
    }
    // Rounding may make it greater than 1, which no stored model accepts.
    prior = sums.map { min(1, $0 / Double(items + classes)) }
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
    count()
    average = pooled(skills)
    var sums = [Double](repeating: 0, count: classes)
    for person in 0..<table.people {
      let base = person * width
      for truth in 0..<classes { sums[truth] = Self.weight }
      for label in 0..<classes {
        for truth in 0..<classes { sums[truth] += skills[base + label * classes + truth] }
      }
      for label in 0..<classes {
        for truth in 0..<classes {
          let (place, toward) = (base + label * classes + truth, average[truth * classes + label])
          skills[place] = Self.bounded((skills[place] + Self.weight * toward) / sums[truth])
        }
      }
    }
  }

  /// Counts everybody's answers by the posterior, into `skills`.
  private mutating func count() {
    let (classes, width) = (table.classes, table.classes * table.classes)
    // Never two copies of what may be 320 MB.
    skills = []
    var counts = [Double](repeating: 0, count: table.people * width)
    counts.withUnsafeMutableBufferPointer { counts in
      posterior.withUnsafeBufferPointer { posterior in
        table.withVotes { starts, voters, labels in
          for item in 0..<starts.count - 1 {
            for place in starts[item]..<starts[item + 1] {
              let base = Int(voters[place]) * width + Int(labels[place]) * classes
              for truth in 0..<classes { counts[base + truth] += posterior[item * classes + truth] }
            }
          }
        }
      }
    }
    skills = counts
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

  /// Turns the confusion matrices from answer × truth to truth × answer, person by person.
  private mutating func transpose() {
    let classes = table.classes
    for person in 0..<table.people {
      let base = person * classes * classes
      for truth in 0..<classes {
        for label in 0..<truth {
          skills.swapAt(base + truth * classes + label, base + label * classes + truth)
        }
      }
    }
  }

  /// Computes the posterior from prior and skills; returns its greatest change.
  private mutating func expect() -> Double {
    let factors = isOneCoin ? coins() : skills
    let step = Expectation(prior: prior, factors: factors, isOneCoin: isOneCoin)
    return step.update(&posterior, table)
  }

  /// Returns by what a vote multiplies the chance of its class, for each person of one accuracy.
  ///
  /// The wrong answer's share is common to all classes, so it falls out.
  private func coins() -> [Double] {
    skills.map { skill in
      skill / max((1 - skill) / Double(max(1, table.classes - 1)), SkillModel.least)
    }
  }
}
