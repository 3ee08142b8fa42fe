internal import Labelling
internal import Postgres
internal import Vocabulary

/// Stops labelers whose accuracy on gold is surely too low.
enum GoldBar {
  /// A labeler's settled answers to the gold of a project.
  struct Record {
    let account: ID<Account>
    let correct: Int
    let answers: Int
    let isBarred: Bool
  }

  /// Bars labelers of a project, and takes back bars for which there is no reason any more.
  ///
  /// - Parameter tells: whether letters are sent.
  ///
  /// The accuracy is surely below the floor when the upper bound of its 95 % interval is.
  static func update(_ project: ID<Project>, tells: Bool, _ db: Connection) throws {
    try db.transaction { db in
      guard let floor = try GoldBarQueries.lockFloor(of: project, db) else { return }
      for record in try GoldBarQueries.records(in: project, db) {
        let high = WilsonInterval(correct: record.correct, of: record.answers)?.high ?? 1
        switch (high < floor, record.isBarred) {
        case (true, false): try GoldBarQueries.bar(record, in: project, tells: tells, db)
        case (false, true): try GoldBarQueries.lift(record.account, in: project, db)
        default: break
        }
      }
    }
  }
}
