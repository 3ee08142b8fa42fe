internal import Labelling
internal import Postgres
internal import Vocabulary

/// Every SQL statement that reads what a fit has found.
enum ModelQueries {
  /// Returns the model of a project with the skills of these people.
  static func model(
    of project: ID<Project>, with people: [ID<Account>], _ db: Connection
  ) throws(PostgresError) -> ProjectModel {
    var model = ProjectModel()
    let topics = try db.all(
      """
      select m.topic, m.method, m.classes, m.prior, m.average, f.temperature, f.calibrated_on
      from consensus_model m join consensus_fit f on f.project_id = m.project_id
      where m.project_id = \(project)
      """, topic)
    for (name, topic, temperature) in topics {
      // Without a usable model, each answer counts the same.
      if let topic { model.topics[name] = topic }
      model.temperature = temperature
    }
    guard !topics.isEmpty else { return model }
    let skills = try db.all(
      """
      select topic, account_id, skill from labeler_skill
      where project_id = \(project) and account_id = any (\(people.map(\.bytes))::uuid[])
      """
    ) { row throws(PostgresError) in
      (try row.next(String.self), try row.next(ID<Account>.self), try row.next([Double].self))
    }
    for (name, account, skill) in skills { model.topics[name]?.skills[account] = skill }
    return model
  }

  private static func topic(
    _ row: inout Row
  ) throws(PostgresError) -> (String, ProjectModel.Topic?, Temperature) {
    let (name, word) = (try row.next(String.self), try row.next(String.self))
    let classes = try row.next([String].self)
    let (prior, average) = (try row.next([Double].self), try row.next([Double].self))
    let model = SkillModel.Method(rawValue: word).flatMap {
      SkillModel(method: $0, classes: classes.count, prior: prior, average: average)
    }
    return (
      name, model.map { ProjectModel.Topic(model: $0, classes: classes) },
      Temperature(value: try row.next(), items: try row.next())
    )
  }
}
