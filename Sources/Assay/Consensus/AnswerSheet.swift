internal import Labelling
internal import Postgres
internal import Vocabulary

/// All counted answers of a project, in whole numbers.
struct AnswerSheet {
  /// The most votes that the questions of a project may have together; beyond it, each answer counts
  /// the same.
  private static let mostVotes = 100_000_000

  /// One question about each item.
  struct Question {
    /// Its class, or the empty name of the only question.
    let name: String
    let classes: [String]
    /// The number of its class in the sheet; nil for the only question.
    fileprivate let number: Int32?

    /// The number of the class that is true; nil for an unknown one.
    func truth(_ labels: [String]) -> Int? {
      guard number == nil else { return labels.contains(name) ? 1 : 0 }
      return classes.firstIndex(of: labels.first ?? ProjectModel.none)
    }
  }

  /// The people in the order of their numbers.
  private(set) var people: [ID<Account>] = []
  private let rules: KnownAnswer.Rules
  private var items: [ID<Item>] = []
  /// The first answer of each item, and the end.
  private var starts: [Int] = []
  private var voters: [Int32] = []
  /// The first label of each answer, and the end.
  private var labelStarts = [0]
  private var labels: [Int32] = []

  /// Reads the answers; a project of texts has none.
  init(_ project: ID<Project>, _ rules: KnownAnswer.Rules, _ db: Connection) throws {
    self.rules = rules
    guard rules.kind != .text else {
      starts = [0]
      return
    }
    var numbers: [ID<Account>: Int32] = [:]
    let classes = Dictionary(
      zip(rules.classes, rules.classes.indices.map { Int32($0) })
    ) { first, _ in first }
    var (people, items, starts) = ([ID<Account>](), [ID<Item>](), [Int]())
    var (voters, labelStarts, labels) = ([Int32](), [0], [Int32]())
    try FittingQueries.eachAnswer(in: project, db) { item, account, names in
      if items.last != item {
        items.append(item)
        starts.append(voters.count)
      }
      let number = numbers[account] ?? Int32(people.count)
      if number == people.count {
        numbers[account] = number
        people.append(account)
      }
      voters.append(number)
      labels += names.compactMap { classes[$0] }
      labelStarts.append(labels.count)
    }
    starts.append(voters.count)
    (self.people, self.items, self.starts) = (people, items, starts)
    (self.voters, self.labelStarts, self.labels) = (voters, labelStarts, labels)
  }

  /// The number of answers.
  var count: Int { voters.count }

  /// The questions that the project asks, and that somebody has answered.
  var questions: [Question] {
    switch rules.kind {
    case .choice:
      return [
        Question(
          name: ProjectModel.only, classes: rules.classes + [ProjectModel.none], number: nil)
      ]
    case .multi:
      let named = Set(labels)
      guard named.count * count <= Self.mostVotes else { return [] }
      return rules.classes.indices.filter { named.contains(Int32($0)) }.map {
        Question(name: rules.classes[$0], classes: ProjectModel.binary, number: Int32($0))
      }
    case .text, nil: return []
    }
  }

  /// Returns the votes about a question, item by item.
  func table(of question: Question) -> VoteTable {
    var table = VoteTable(classes: question.classes.count)
    for item in items.indices {
      table.add(
        (starts[item]..<starts[item + 1]).map { answer in
          let given = labels[labelStarts[answer]..<labelStarts[answer + 1]]
          let label =
            question.number.map { given.contains($0) ? 1 : 0 }
            ?? given.first.map { Int($0) } ?? question.classes.count - 1
          return VoteTable.Vote(person: Int(voters[answer]), label: label)
        })
    }
    return table
  }

  /// Returns the number of an item; the items ascend.
  func number(of item: ID<Item>) -> Int? {
    var (low, high) = (0, items.count)
    while low < high {
      let middle = (low + high) / 2
      if items[middle].bytes < item.bytes { low = middle + 1 } else { high = middle }
    }
    return low < items.count && items[low] == item ? low : nil
  }
}
