internal import Labelling
internal import Postgres
internal import Vocabulary

/// Decides items whose slots are full: the one place where answers become a result.
enum Resolution {
  /// An item's result.
  struct Result {
    let item: ID<Item>
    let verdict: MajorityVote.Verdict
    /// The number of counted answers.
    let votes: Int
  }

  /// Decides items from their counted answers.
  ///
  /// The caller's transaction has counted the last answer, or nobody may answer any more: the items
  /// are locked here, and those that are not open or not full any more are left alone.
  static func decide(_ items: [ID<Item>], _ db: Connection) throws(PostgresError) {
    guard !items.isEmpty else { return }
    let ballots = try ResolutionQueries.ballots(of: items, db)
    let results = ballots.map { ballot in
      Result(
        item: ballot.item, verdict: MajorityVote.verdict(ballot.answers, as: ballot.kind),
        votes: ballot.answers.count)
    }
    try ResolutionQueries.write(results, db)
  }
}
