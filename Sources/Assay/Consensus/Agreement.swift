internal import HTTP
internal import Labelling
internal import Postgres
internal import Vocabulary
internal import Web

/// The agreement of a request's labelers with each other, with the results, and with gold.
enum Agreement {
  static let routes: [Route] = [
    .on(
      .root, .get, "/requests/{request}/agreement", for: .requester, "agreement.show",
      "Returns percent agreement, Cohen's, Fleiss' and Krippendorff's coefficients with 95 % "
        + "intervals. Sets of classes agree when they are equal.",
      gives: Summary.schema, show),
    .on(
      .root, .get, "/requests/{request}/labelers", for: .requester, "agreement.labelers",
      "Lists the labelers of a request by the number of their answers: accuracy, skill, confusion "
        + "and speed.",
      gives: .array(Labeler.schema), paging: .offset, labelers),
  ]

  private static func show(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    let people = try AgreementQueries.pairedPeople(
      in: project, limit: Sheet.mostPeople, context.db)
    var sheet = Sheet(pairs: people.map(\.person))
    let sample = Sample(of: people.first?.all ?? 0)
    try AgreementQueries.eachAnswer(in: project, sample, context.db) { item, account, answer in
      sheet.add(answer, of: account, to: item)
    }
    sheet.end()
    return .json(Summary(sheet))
  }

  private static func labelers(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    let query = try request.query()
    let limit = try query.int("limit", Paging.limits) ?? 100
    let skip = try query.int("offset", Paging.offsets) ?? 0
    let model = try ModelQueries.model(of: project, with: [], context.db)
    let rows = try AgreementQueries.labelers(in: project, limit: limit, skip: skip, context.db)
    let confusion = try AgreementQueries.confusion(
      in: project, of: rows.map(\.account), Sample(of: rows.reduce(0) { $0 + $1.answers }),
      context.db)
    return .json(
      rows.map { row in
        var row = row
        row.confusion = confusion[row.account] ?? []
        row.skill = model.topics[ProjectModel.only].flatMap { topic in
          row.skills.flatMap { topic.model.accuracy($0) }
        }
        return row
      })
  }
}

extension Agreement {
  /// A random part of the items, so that a request with very many answers ends in time.
  struct Sample {
    /// The number of answers up to which all are read.
    static let most = 100_000
    /// The share of a sample with everything.
    static let whole = 65_536

    /// The part that is read, of `whole`.
    let share: Int

    /// - Parameter answers: the number of all answers.
    init(of answers: Int) { share = min(Self.whole, Self.whole * Self.most / max(1, answers)) }
  }

  /// The answers of a request, read item by item.
  struct Sheet {
    /// The most people whose pairs are compared: those with the most answers.
    static let mostPeople = 30

    private(set) var table = AgreementTable()
    private(set) var pairs: [Pair: PairAgreement] = [:]
    let people: [Person]
    private let numbers: [ID<Account>: Int]
    private var categories: [[String]: Int32] = [:]
    private var item: ID<Item>?
    private var row: [(person: Int?, label: Int32)] = []

    /// Two people by their places in `people`.
    struct Pair: Hashable {
      let first: Int
      let second: Int
    }

    /// A person whose answers are compared with others'.
    struct Person {
      let account: ID<Account>
      let name: String
    }

    init(pairs people: [Person]) {
      self.people = people
      numbers = Dictionary(
        zip(people.map(\.account), people.indices)
      ) { first, _ in first }
    }

    /// Adds an answer; the answers to an item follow each other.
    mutating func add(_ answer: LabelAnswer, of account: ID<Account>, to item: ID<Item>) {
      if item != self.item { end() }
      self.item = item
      let words = answer.content == nil ? answer.labels.sorted() : [answer.comparedContent]
      let label = categories[words] ?? Int32(categories.count)
      categories[words] = label
      row.append((numbers[account], label))
    }

    /// Counts the last item.
    mutating func end() {
      table.add(row.map(\.label))
      let known = row.compactMap { entry in entry.person.map { ($0, entry.label) } }.sorted {
        $0.0 < $1.0
      }
      for (place, first) in known.enumerated() {
        for second in known[(place + 1)...] {
          pairs[Pair(first: first.0, second: second.0), default: PairAgreement()]
            .add(first.1, second.1)
        }
      }
      row = []
    }
  }

  /// The agreement of a request's labelers.
  struct Summary: WireOutput {
    let items: Int
    let answers: Int
    let coefficients: AgreementTable.Coefficients
    let cohen: [CohenRow]

    init(_ sheet: Sheet) {
      (items, answers) = (sheet.table.items, sheet.table.answers)
      coefficients = sheet.table.coefficients
      let common = sheet.pairs.values.reduce(0) { $0 + $1.items }
      cohen = sheet.pairs.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }
        .map { pair, agreement in
          CohenRow(
            first: sheet.people[pair.first].name, second: sheet.people[pair.second].name,
            kappa: agreement.kappa(among: common))
        }
    }

    static let fields: Fields<Summary> = [
      Field("items") { $0.items },
      Field("answers") { $0.answers },
      Field("percent") { Coefficient(value: $0.coefficients.percent) },
      Field("fleiss_kappa") { Coefficient(value: $0.coefficients.fleiss) },
      Field("krippendorff_alpha") { Coefficient(value: $0.coefficients.krippendorff) },
      Field("cohen_kappa") { $0.cohen },
    ]
  }

  /// A coefficient with its 95 % interval.
  struct Coefficient: WireOutput {
    let value: AgreementTable.Value

    static let fields: Fields<Coefficient> = [
      Field("value") { $0.value.value },
      Field("low") { $0.value.low },
      Field("high") { $0.value.high },
      Field("n") { $0.value.items },
    ]
  }

  /// Cohen's kappa of two people.
  struct CohenRow: WireOutput {
    let first: String
    let second: String
    let kappa: AgreementTable.Value

    static let fields: Fields<CohenRow> = [
      Field("labelers") { [$0.first, $0.second] },
      Field("value") { $0.kappa.value },
      Field("low") { $0.kappa.low },
      Field("high") { $0.kappa.high },
      Field("n") { $0.kappa.items },
    ]
  }
}
