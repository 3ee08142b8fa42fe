import Labelling

/// Answers of invented people of known skill, the same for the same seed.
struct SyntheticCrowd {
  /// The behaviour of a person.
  enum Person {
    /// Right with this probability, else any wrong class.
    case skilled(Double)
    /// Right with this probability, except that one class is mostly taken for another.
    case confusing(Double, from: Int, to: Int)
    /// Any class.
    case random
    /// Always the same class.
    case constant(Int)
  }

  let classes: Int
  let people: [Person]
  private(set) var truths: [Int] = []
  /// The class for which most people take a hard item; nil for an easy one.
  private(set) var decoys: [Int?] = []
  var random: SplitMix

  /// Makes items; a share of them is hard: half of the skilled answers to it are the same wrong one.
  init(_ people: [Person], classes: Int, items: Int, hard: Double = 0, seed: UInt64) {
    (self.people, self.classes, random) = (people, classes, SplitMix(state: seed))
    for _ in 0..<items {
      let truth = Int.random(in: 0..<classes, using: &random)
      truths.append(truth)
      let isHard = classes > 1 && Double.random(in: 0..<1, using: &random) < hard
      decoys.append(isHard ? other(than: truth) : nil)
    }
  }

  private mutating func other(than label: Int) -> Int {
    (label + Int.random(in: 1..<classes, using: &random)) % classes
  }

  /// Returns a person's answer to an item.
  mutating func answer(_ person: Int, to item: Int) -> Int {
    let truth = truths[item]
    switch people[person] {
    case .random: return Int.random(in: 0..<classes, using: &random)
    case .constant(let label): return label
    case .confusing(_, truth, let label) where Double.random(in: 0..<1, using: &random) < 0.8:
      return label
    case .skilled(let skill), .confusing(let skill, _, _):
      if let decoy = decoys[item], Bool.random(using: &random) { return decoy }
      return Double.random(in: 0..<1, using: &random) < skill ? truth : other(than: truth)
    }
  }

  /// Returns answers of different people to each item.
  mutating func votes(each count: Int) -> [[VoteTable.Vote]] {
    truths.indices.map { item in
      people.indices.shuffled(using: &random).prefix(count).map {
        VoteTable.Vote(person: $0, label: answer($0, to: item))
      }
    }
  }

  /// The share of items whose best class is the true one.
  func accuracy(_ labels: [Int]) -> Double {
    Double(zip(labels, truths).count { $0 == $1 }) / Double(truths.count)
  }
}

/// Steele, Lea and Flood's generator of pseudorandom numbers (OOPSLA 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }
}

extension VoteTable {
  /// Makes a table of the votes of all items.
  init(_ votes: [[Vote]], classes: Int) {
    self.init(classes: classes)
    for votes in votes { add(votes) }
  }

  /// Returns the best classes by a fit.
  func labels(by fit: SkillFit) -> [Int] {
    (0..<items).map { ConsensusRule.verdict(skilled($0, fit), fit.model, .prior).label }
  }

  /// Returns the votes of an item with the skills of a fit.
  func skilled(_ item: Int, _ fit: SkillFit) -> [SkillModel.SkilledVote] {
    votes(of: item).map {
      (fit.model.method == .majority ? nil : fit.skill(of: $0.person), $0.label)
    }
  }
}
