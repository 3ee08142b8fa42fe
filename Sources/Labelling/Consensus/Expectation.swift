internal import Glibc

/// The step of the algorithm that computes the posterior of all items.
///
/// Chances are multiplied, and only the products of many votes become logarithms: an exponential and
/// a logarithm cost as much as all the rest.
struct Expectation {
  /// The most votes whose chances are multiplied.
  ///
  /// A factor is within 1e-9…1e9 (`SkillModel.least`), so that 30 of them and a prior of 1e-9 stay
  /// within 1e-279…1e270: no product becomes zero or infinite.
  static let mostFactors = 30

  let prior: [Double]
  /// Person × answer × truth; with one accuracy, a factor per person for the class of the vote.
  let factors: [Double]
  let isOneCoin: Bool

  /// Writes the posterior, items × classes; returns its greatest change.
  func update(_ posterior: inout [Double], _ table: VoteTable) -> Double {
    let classes = prior.count
    var (change, scores) = (0.0, [Double](repeating: 0, count: classes))
    posterior.withUnsafeMutableBufferPointer { posterior in
      scores.withUnsafeMutableBufferPointer { scores in
        factors.withUnsafeBufferPointer { factors in
          table.withVotes { starts, voters, labels in
            let votes = Votes(voters: voters, labels: labels, factors: factors)
            for item in 0..<starts.count - 1 {
              multiply(votes, starts[item]..<starts[item + 1], into: scores)
              let row = UnsafeMutableBufferPointer(
                rebasing: posterior[item * classes..<(item + 1) * classes])
              change = max(change, Self.normalize(scores, into: row))
            }
          }
        }
      }
    }
    return change
  }

  private struct Votes {
    let voters: UnsafeBufferPointer<Int32>
    let labels: UnsafeBufferPointer<Int32>
    let factors: UnsafeBufferPointer<Double>
  }

  /// Computes the unnormalised probabilities of an item.
  private func multiply(
    _ votes: Votes, _ range: Range<Int>, into scores: UnsafeMutableBufferPointer<Double>
  ) {
    for truth in scores.indices { scores[truth] = prior[truth] }
    guard range.count > Self.mostFactors else { return multiply(votes, range, by: scores) }
    var sums = prior.map { log($0) }
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + Self.mostFactors, range.upperBound)
      for truth in scores.indices { scores[truth] = 1 }
      multiply(votes, start..<end, by: scores)
      for truth in scores.indices { sums[truth] += log(scores[truth]) }
      start = end
    }
    let top = sums.max() ?? 0
    for truth in scores.indices { scores[truth] = exp(sums[truth] - top) }
  }

  private func multiply(
    _ votes: Votes, _ range: Range<Int>, by scores: UnsafeMutableBufferPointer<Double>
  ) {
    let classes = scores.count
    for place in range {
      let (person, label) = (Int(votes.voters[place]), Int(votes.labels[place]))
      if isOneCoin {
        scores[label] *= votes.factors[person]
      } else {
        let base = (person * classes + label) * classes
        for truth in 0..<classes { scores[truth] *= votes.factors[base + truth] }
      }
    }
  }

  /// Writes probabilities in proportion to scores; returns the greatest change.
  private static func normalize(
    _ scores: UnsafeMutableBufferPointer<Double>, into row: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var (sum, change) = (0.0, 0.0)
    for score in scores { sum += score }
    for place in scores.indices {
      let new = scores[place] / sum
      change = max(change, abs(new - row[place]))
      row[place] = new
    }
    return change
  }
}
