internal import Labelling
internal import Postgres
internal import Vocabulary

/// Turns the answers of one item into a result.
struct Deciding {
  let ballot: Ballot
  let model: ProjectModel

  /// The result; nil while the item needs more answers.
  ///
  /// An item that was decided before stays decided.
  var result: Resolution.Result? {
    switch ballot.kind {
    case .text: text
    case .choice: choice
    case .multi: multi
    }
  }

  /// The weight of each answer, in the order of the ballot.
  ///
  /// For several classes it is the sum over the classes that somebody has named.
  var weights: [Double] {
    guard ballot.kind != .text else { return ballot.answers.map { _ in 1 } }
    let questions = ballot.kind == .choice ? [question] : named.map { question(about: $0) }
    return ballot.answers.indices.map { place in
      questions.reduce(0) { $0 + $1.model.weight($1.votes[place]) }
    }
  }

  private var choice: Resolution.Result? {
    let question = question
    let verdict = ConsensusRule.verdict(question.votes, question.model, model.temperature)
    let name = question.classes[verdict.label]
    let answer = LabelAnswer(labels: name == ProjectModel.none ? [] : [name])
    return result([verdict], question.model, answer)
  }

  /// The one question of a choice.
  private var question: ProjectModel.Question {
    let votes = ballot.answers.map {
      ($0.account, $0.answer.labels.first ?? ProjectModel.none)
    }
    return model.question(ProjectModel.only, votes, among: Set(votes.map(\.1)).sorted())
  }

  /// The classes that somebody has named.
  private var named: [String] { Set(ballot.answers.flatMap(\.answer.labels)).sorted() }

  /// The question whether the item has a class.
  private func question(about name: String) -> ProjectModel.Question {
    let votes = ballot.answers.map {
      ($0.account, ProjectModel.binary[$0.answer.labels.contains(name) ? 1 : 0])
    }
    return model.question(name, votes, among: ProjectModel.binary)
  }

  private var multi: Resolution.Result? {
    let questions = named.map { ($0, question(about: $0)) }
    let verdicts = questions.map {
      ConsensusRule.verdict($0.1.votes, $0.1.model, model.temperature)
    }
    let chosen = zip(questions, verdicts).filter { $1.label == 1 }.map(\.0.0)
    guard
      let least = verdicts.indices.min(by: {
        verdicts[$0].confidence < verdicts[$1].confidence
      })
    else {
      // Everybody says that none of the classes fits.
      let votes = ballot.answers.map { ($0.account, ProjectModel.binary[0]) }
      let question = ProjectModel().question("", votes, among: ProjectModel.binary)
      let verdict = ConsensusRule.verdict(question.votes, question.model, model.temperature)
      return result([verdict], question.model, LabelAnswer(labels: []))
    }
    return result(
      [verdicts[least]] + verdicts, questions[least].1.model, LabelAnswer(labels: chosen))
  }

  private var text: Resolution.Result? {
    guard let outcome = TextVote.outcome(ballot.answers.map(\.answer)) else { return nil }
    return result(
      [outcome.verdict], isCalibrated: false, outcome.method.rawValue,
      LabelAnswer(labels: [], content: outcome.content))
  }

  private func result(
    _ verdicts: [ConsensusRule.Verdict], _ used: SkillModel, _ answer: LabelAnswer
  ) -> Resolution.Result? {
    result(
      verdicts, isCalibrated: used.method != .majority && model.temperature.isCalibrated,
      used.method.rawValue, answer)
  }

  /// The result of verdicts, the least sure one first; nil while they are undecided.
  private func result(
    _ verdicts: [ConsensusRule.Verdict], isCalibrated: Bool, _ method: String,
    _ answer: LabelAnswer
  ) -> Resolution.Result? {
    let state = ConsensusRule.state(
      verdicts, ConsensusRule.Demand(target: ballot.target, isFull: ballot.isFull),
      isCalibrated: isCalibrated)
    guard state != .undecided || ballot.result != nil else { return nil }
    let hasModel = SkillModel.Method(rawValue: method).map { $0 != .majority } ?? false
    return Resolution.Result(
      item: ballot.item, isResolved: state == .resolved || ballot.result?.isResolved == true,
      answer: answer, confidence: verdicts[0].confidence, isCalibrated: isCalibrated,
      calibratedOn: hasModel ? model.temperature.items : 0, method: method,
      votes: ballot.answers.count, decider: nil)
  }
}
