/// Aligns sentences word by word, and takes the word that most people gave at each place.
enum Rover {
  /// The most steps of one alignment.
  private static let mostSteps = 4_000_000

  /// Returns the common sentence; nil when the sentences are too long to align, or nothing is left.
  static func text(_ sentences: [String]) -> String? {
    var network: [Slot] = []
    for (number, sentence) in sentences.enumerated() {
      let words = sentence.split(whereSeparator: \.isWhitespace).map(String.init)
      guard (network.count + 1) * (words.count + 1) <= mostSteps else { return nil }
      network = aligned(network, words, before: number)
    }
    let words = network.compactMap(\.best)
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// The words at one place of the sentences; nil stands for no word.
  private struct Slot {
    var votes: [String?: Int] = [:]

    /// The most frequent word; of equals a word before none, then the first in the alphabet.
    var best: String? {
      votes.min { one, other in
        if one.value != other.value { return one.value > other.value }
        guard let left = one.key else { return false }
        guard let right = other.key else { return true }
        return left < right
      }?.key
    }
  }

  /// Returns the network with one more sentence.
  /// - Parameter count: the number of sentences in the network.
  private static func aligned(_ network: [Slot], _ words: [String], before count: Int) -> [Slot] {
    let (rows, columns) = (network.count + 1, words.count + 1)
    // The least cost of aligning a beginning of the network with a beginning of the sentence.
    var costs = [Int](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns where row + column > 0 {
        let place = row * columns + column
        var cost = Int.max
        if row > 0, column > 0 {
          cost = costs[place - columns - 1] + (misses(network[row - 1], words[column - 1]) ? 2 : 0)
        }
        if row > 0 {
          cost = min(cost, costs[place - columns] + (misses(network[row - 1], nil) ? 1 : 0))
        }
        if column > 0 { cost = min(cost, costs[place - 1] + 1) }
        costs[place] = cost
      }
    }
    return traced(network, words, costs, before: count)
  }

  private static func misses(_ slot: Slot, _ word: String?) -> Bool { slot.votes[word] == nil }

  private static func traced(
    _ network: [Slot], _ words: [String], _ costs: [Int], before count: Int
  ) -> [Slot] {
    let columns = words.count + 1
    var (row, column, slots) = (network.count, words.count, [Slot]())
    while row + column > 0 {
      let cost = costs[row * columns + column]
      if row > 0, column > 0,
        cost == costs[(row - 1) * columns + column - 1]
          + (misses(network[row - 1], words[column - 1]) ? 2 : 0)
      {
        slots.append(network[row - 1])
        slots[slots.count - 1].votes[words[column - 1], default: 0] += 1
        (row, column) = (row - 1, column - 1)
      } else if row > 0,
        cost == costs[(row - 1) * columns + column] + (misses(network[row - 1], nil) ? 1 : 0)
      {
        slots.append(network[row - 1])
        slots[slots.count - 1].votes[nil as String?, default: 0] += 1
        row -= 1
      } else {
        slots.append(
          Slot(votes: count > 0 ? [words[column - 1]: 1, nil: count] : [words[column - 1]: 1]))
        column -= 1
      }
    }
    return slots.reversed()
  }
}
