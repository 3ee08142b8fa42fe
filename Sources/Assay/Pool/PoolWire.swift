internal import HTTP
internal import Labelling
internal import Postgres
internal import Vocabulary
internal import Web

extension Pool {
  /// The settings that open a request; absent members keep their values, or get the defaults.
  struct Opening: WireInput {
    let labelsPerItem: Int?
    let minLabels: Int?
    let maxLabels: Int?
    let targetConfidence: Double?
    let leaseSeconds: Int?
    let pointsPerItem: Int?
    let itemsPerTask: Int?
    let leasesPerPerson: Int?
    let answer: AnswerKind?
    let goldRate: Double?
    let goldFloor: Double?
    let textForms: [String]?
    let instructions: String?

    static let inputs = Inputs(
      Opening.init,
      .optional("labels_per_item", .whole(1...100)),
      .optional("min_labels", .whole(1...100)),
      .optional("max_labels", .whole(1...100)),
      .optional("target_confidence", .between(0.5, 1)),
      .optional("lease_seconds", .whole(10...604_800)),
      .optional("points_per_item", .whole(0...10_000)),
      .optional("items_per_task", .whole(1...1000)),
      .optional("leases_per_person", .whole(1...100)),
      .optional("answer", .choice),
      .optional("gold_rate", .share(0...0.5)),
      .optional("gold_floor", .share(0...0.99)),
      .optional("text_forms", .textForms),
      .optional("instructions", .text(0...10_000)))
  }

  /// The settings of an opened request.
  struct Settings {
    var answer = AnswerKind.choice
    var minLabels = 3
    var maxLabels = 3
    /// The confidence from which an item needs no more answers, above 0.5 and below 1.
    var targetConfidence = 0.9
    var leaseSeconds = 1800
    var pointsPerItem = 1
    var itemsPerTask = 10
    /// The most tasks that one person may hold at a time.
    var leasesPerPerson = 3
    /// The share of gold among the items that a labeler gets, 0…0.5.
    var goldRate = 0.05
    /// A labeler whose accuracy on gold is surely lower gets no more tasks, 0…0.99.
    var goldFloor = 0.5
    /// The differences between texts that do not count.
    var textForms = TextForms.names.map(\.key)
    var instructions = ""

    /// Takes over the given members.
    /// - Throws: 400 when the bounds do not fit.
    mutating func take(_ form: Opening) throws(Problem) {
      minLabels = form.minLabels ?? form.labelsPerItem ?? minLabels
      maxLabels = form.maxLabels ?? form.labelsPerItem ?? maxLabels
      targetConfidence = form.targetConfidence ?? targetConfidence
      leaseSeconds = form.leaseSeconds ?? leaseSeconds
      pointsPerItem = form.pointsPerItem ?? pointsPerItem
      itemsPerTask = form.itemsPerTask ?? itemsPerTask
      leasesPerPerson = form.leasesPerPerson ?? leasesPerPerson
      answer = form.answer ?? answer
      goldRate = form.goldRate ?? goldRate
      goldFloor = form.goldFloor ?? goldFloor
      textForms = form.textForms ?? textForms
      instructions = form.instructions ?? instructions
      guard minLabels <= maxLabels else {
        throw .invalid([
          Violation("min_labels", "is \(minLabels), which is above max_labels, \(maxLabels)")
        ])
      }
    }
  }

  /// An opened request: its settings and the counts of its pictures.
  struct Row: WireOutput {
    /// Whether its tasks can be claimed.
    enum Status: String, CaseIterable, PostgresDecodable, WireValue { case open, closed }

    let request: ID<Project>
    let status: Status
    let settings: Settings
    let counts: Counts

    static let fields: Fields<Row> = [
      Field("request_id") { $0.request },
      Field("status") { $0.status },
      Field("answer") { $0.settings.answer },
      Field("min_labels") { $0.settings.minLabels },
      Field("max_labels") { $0.settings.maxLabels },
      Field("target_confidence") { $0.settings.targetConfidence },
      Field("lease_seconds") { $0.settings.leaseSeconds },
      Field("points_per_item") { $0.settings.pointsPerItem },
      Field("items_per_task") { $0.settings.itemsPerTask },
      Field("leases_per_person") { $0.settings.leasesPerPerson },
      Field("gold_rate") { $0.settings.goldRate },
      Field("gold_floor") { $0.settings.goldFloor },
      Field("text_forms") { $0.settings.textForms },
      Field("instructions") { $0.settings.instructions },
      Field("items") { $0.counts },
    ]
  }

  /// The pictures of a pool by their state, and their answers.
  struct Counts: WireOutput {
    let open: Int
    let held: Int
    let resolved: Int
    let contested: Int
    let excluded: Int
    let answers: Int
    let leases: Int

    static let fields: Fields<Counts> = [
      Field("open") { $0.open },
      Field("held") { $0.held },
      Field("resolved") { $0.resolved },
      Field("contested") { $0.contested },
      Field("excluded") { $0.excluded },
      Field("answers") { $0.answers },
      Field("leases") { $0.leases },
    ]
  }
}

extension Rule where Value == [String] {
  /// A rule for the differences between texts that do not count.
  fileprivate static var textForms: Rule {
    let names = TextForms.names.map(\.key)
    return Rule(.array(.choice(names), count: 0...names.count)) { json throws(Reason) in
      guard case .array(let elements) = json, elements.count <= names.count else {
        throw "must be a list of \(names.joined(separator: ", "))"
      }
      return try elements.map { element throws(Reason) in
        guard case .string(let word) = element, names.contains(word) else {
          throw "must be a list of \(names.joined(separator: ", "))"
        }
        return word
      }
    }
  }
}

extension Rule where Value == Double {
  /// A rule for a number above the first and below the second bound.
  fileprivate static func between(_ low: Double, _ high: Double) -> Rule {
    number(
      .number(low...high, isExclusive: true), "above \(low) and below \(high)"
    ) { $0 > low && $0 < high }
  }

  /// A rule for a number within bounds.
  fileprivate static func share(_ range: ClosedRange<Double>) -> Rule {
    number(.number(range), "from \(range.lowerBound) to \(range.upperBound)", range.contains)
  }

  private static func number(
    _ schema: Schema, _ words: String,
    _ isAllowed: @escaping @Sendable (Double) -> Bool
  ) -> Rule {
    Rule(schema) { json throws(Reason) in
      let value: Double? =
        switch json {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
      guard let value, isAllowed(value) else { throw "must be a number \(words)" }
      return value
    }
  }
}
