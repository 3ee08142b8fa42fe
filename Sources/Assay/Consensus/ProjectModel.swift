internal import Labelling
internal import Postgres
internal import Vocabulary

/// The outcome of a project's last fit: its temperature, and the skill of its people.
struct ProjectModel {
  /// One question and its classes: a project of `multi` has one for each class.
  struct Topic {
    let model: SkillModel
    /// The classes in the order of the model.
    let classes: [String]
    /// Everybody's skill.
    var skills: [ID<Account>: [Double]] = [:]
  }

  var temperature = Temperature.prior
  var topics: [String: Topic] = [:]

  /// The topic of a project that asks one question.
  static let only = ""
  /// The name of the answer that none of the classes fits; no class has it.
  static let none = ""
  /// The classes of a topic that asks whether a picture has a class.
  static let binary = ["no", "yes"]

  /// Returns the votes of a question by the numbers of its classes.
  ///
  /// Without a model for all that was answered, each answer counts the same.
  func question(
    _ topic: String, _ votes: [(account: ID<Account>, label: String)], among classes: [String]
  ) -> Question {
    let labels = Set(votes.map(\.label))
    guard let known = topics[topic], labels.isSubset(of: known.classes) else {
      return Question(votes, .majority(classes: classes.count), classes, skills: [:])
    }
    return Question(votes, known.model, known.classes, skills: known.skills)
  }

  /// The votes about one question.
  struct Question {
    let model: SkillModel
    let classes: [String]
    let votes: [SkillModel.SkilledVote]

    init(
      _ votes: [(account: ID<Account>, label: String)], _ model: SkillModel, _ classes: [String],
      skills: [ID<Account>: [Double]]
    ) {
      let numbers = Dictionary(zip(classes, classes.indices)) { first, _ in first }
      self.model = model
      self.classes = classes
      self.votes = votes.map { (skills[$0.account], numbers[$0.label] ?? -1) }
    }
  }
}
