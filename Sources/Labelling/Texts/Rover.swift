/// Aligns sentences word by word, and takes the word with the most votes at each place (Fiscus, A
/// post-processing system to yield reduced word error rates, ASRU 1997).
///
/// Words are aligned and counted in their compared forms.
enum Rover {
  /// A sentence that some people gave.
  struct Sentence {
    /// The words in their compared forms.
    let words: [String]
    /// The same words as people wrote them.
    let forms: [String]
    /// The number of people.
    let times: Int
  }

  /// The most cells of all alignments together: about 50 ms.
  static let mostCells = 20_000_000

  /// Returns the common sentence; nil when the alignments have too many cells, or no word is left.
  ///
  /// The first sentence is the base: with equal votes the word of the earlier sentence stays.
  static func text(_ sentences: [Sentence]) -> String? {
    guard let first = sentences.first else { return nil }
    let numbers = numbers(sentences)
    var network = first.words.indices.map { place in
      Slot(
        voters: 0,
        arc: Slot.Arc(word: numbers[0][place], form: first.forms[place], times: first.times))
    }
    var (cells, voters) = (0, first.times)
    for (sentence, words) in zip(sentences, numbers).dropFirst() {
      cells += (network.count + 1) * (words.count + 1)
      guard cells <= mostCells else { return nil }
      let steps = WordAlignment.steps(network.map(\.words), words)
      network = extend(network, steps, sentence, words, voters)
      voters += sentence.times
    }
    let words = network.compactMap(\.best)
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// Returns the words as numbers; equal words have the same one.
  private static func numbers(_ sentences: [Sentence]) -> [[Int32]] {
    var known: [String: Int32] = [:]
    return sentences.map { sentence in
      sentence.words.map { word in
        let number = known[word] ?? Int32(known.count)
        known[word] = number
        return number
      }
    }
  }

  /// Returns the network with one more sentence.
  /// - Parameter voters: the people in the network.
  private static func extend(
    _ network: [Slot], _ steps: [WordAlignment.Step], _ sentence: Sentence, _ words: [Int32],
    _ voters: Int
  ) -> [Slot] {
    var (place, word, slots) = (0, 0, [Slot]())
    for step in steps {
      var arc = Slot.Arc(word: WordAlignment.none, form: "", times: sentence.times)
      if step != .skip {
        arc = Slot.Arc(word: words[word], form: sentence.forms[word], times: sentence.times)
        word += 1
      }
      if step == .insert {
        slots.append(Slot(voters: voters, arc: arc))
      } else {
        slots.append(network[place])
        slots[slots.count - 1].add(arc)
        place += 1
      }
    }
    return slots
  }

  /// The words at one place of the sentences, in the order of their arrival.
  private struct Slot {
    /// A word, or none, of some people.
    struct Arc {
      let word: Int32
      let form: String
      let times: Int
    }

    private var arcs: [Arc] = []
    /// The different words.
    private(set) var words: [Int32] = []

    /// Makes a slot with a word; `voters` people before have no word here.
    init(voters: Int, arc: Arc) {
      if voters > 0 { add(Arc(word: WordAlignment.none, form: "", times: voters)) }
      add(arc)
    }

    mutating func add(_ arc: Arc) {
      if !words.contains(arc.word) { words.append(arc.word) }
      arcs.append(arc)
    }

    /// The word with the most votes, in its most frequent form; nil for no word.
    var best: String? {
      let word = Self.most(arcs.map { ($0.word, $0.times) })
      guard let word, word != WordAlignment.none else { return nil }
      return Self.most(arcs.filter { $0.word == word }.map { ($0.form, $0.times) })
    }

    /// Returns the key with the most votes; of equals the first.
    private static func most<Key: Hashable>(_ votes: [(key: Key, times: Int)]) -> Key? {
      var sums: [Key: Int] = [:]
      for vote in votes { sums[vote.key, default: 0] += vote.times }
      let most = sums.values.max()
      return votes.first { sums[$0.key] == most }?.key
    }
  }
}
