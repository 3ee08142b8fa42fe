import Glibc
import Labelling

/// Consensus on a file of votes, lines of `item,person,class`, beside a file of `item,class`.
struct Votes {
  private var table: VoteTable
  private var truths: [Int?] = []

  static func show(_ votes: String, truths: String?) {
    let file = Votes(lines(votes), truths.map(lines) ?? [])
    file.showFits()
    if truths != nil { file.showCalibration() }
  }

  private static func lines(_ path: String) -> [[Substring]] {
    guard let file = fopen(path, "r") else { fatalError("cannot read \(path)") }
    defer { fclose(file) }
    var (lines, line, room) = ([[Substring]](), UnsafeMutablePointer<CChar>?.none, 0)
    defer { free(line) }
    while getline(&line, &room, file) > 0, let line {
      lines.append(
        String(cString: line).split(whereSeparator: { ",\r\n".contains($0) || $0 == "\r\n" }))
    }
    return lines
  }

  private init(_ votes: [[Substring]], _ known: [[Substring]]) {
    var (people, labels) = ([Substring: Int](), [Substring: Int]())
    var (order, items) = ([Substring: Int](), [[VoteTable.Vote]]())
    for words in votes where words.count == 3 {
      let item = order[words[0], default: order.count]
      order[words[0]] = item
      if item == items.count { items.append([]) }
      let person = people[words[1], default: people.count]
      people[words[1]] = person
      let label = labels[words[2], default: labels.count]
      labels[words[2]] = label
      items[item].append(VoteTable.Vote(person: person, label: label))
    }
    table = VoteTable(classes: labels.count)
    for votes in items { table.add(votes) }
    truths = [Int?](repeating: nil, count: items.count)
    for words in known where words.count == 2 {
      if let item = order[words[0]] { truths[item] = labels[words[1]] ?? labels.count }
    }
  }

  private func showFits() {
    print("votes", table.count)
    print("chosen", Aggregation.method(for: table).rawValue)
    for method in SkillModel.Method.allCases {
      let start = clock()
      let fit = Aggregation.fit(table, as: method)
      print("\(method.rawValue) seconds", Double(clock() - start) / Double(CLOCKS_PER_SEC))
      print("\(method.rawValue) rounds", fit.rounds)
      let right = posteriors(fit).enumerated().filter { truths[$0] == Self.best($1) }.count
      let known = truths.count { $0 != nil }
      if known > 0 { print("\(method.rawValue) accuracy", Double(right) / Double(known)) }
    }
  }

  private static func best(_ row: [Double]) -> Int {
    row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
  }

  private func posteriors(_ fit: SkillFit) -> [[Double]] {
    (0..<table.items).map { item in
      fit.model.logPosterior(
        table.votes(of: item).map {
          (fit.model.method == .majority ? nil : fit.skill(of: $0.person), $0.label)
        })
    }
  }

  /// The calibration error of the chosen method, with a tenth of the items as gold, 20 times.
  private func showCalibration() {
    let fit = Aggregation.fit(table)
    let rows = posteriors(fit)
    var random = SystemRandomNumberGenerator()
    let known = truths.indices.filter { truths[$0] != nil }
    var (errors, values) = ([Double](), [Double]())
    for _ in 0..<20 {
      let shuffled = known.shuffled(using: &random)
      let gold = shuffled.prefix(known.count / 10)
      let examples = Aggregation.examples(
        fit, table, known: gold.map { ($0, truths[$0] ?? 0) })
      let temperature = Temperature.fit(examples, items: gold.count)
      values.append(temperature.value)
      errors.append(
        Self.error(
          shuffled.dropFirst(gold.count).map { item in
            let chances = temperature.probabilities(rows[item])
            return (chances.max() ?? 0, Self.best(chances) == truths[item])
          }))
    }
    print("temperature", values.reduce(0, +) / 20)
    print("error", errors.reduce(0, +) / 20)
  }

  /// The calibration error with 15 bins of equal width.
  static func error(_ items: [(confidence: Double, isRight: Bool)]) -> Double {
    let bins = Dictionary(grouping: items) { min(14, Int($0.confidence * 15)) }
    return bins.values.reduce(0) { sum, bin in
      let sure = bin.reduce(0) { $0 + $1.confidence }
      return sum + abs(sure - Double(bin.count(where: \.isRight))) / Double(items.count)
    }
  }
}
