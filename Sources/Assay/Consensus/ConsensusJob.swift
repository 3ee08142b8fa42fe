package import Postgres
package import Site

internal import Queue
internal import Vocabulary

/// Fits the models of projects with new answers, every five seconds.
struct ConsensusJob: JobKind {
  static let name = "consensus"
  static let lane = Lane.upkeep
  static let start = JobStart.every(seconds: 5)

  /// Whether letters are sent.
  private let tells: Bool

  init(_ site: Site) { tells = site.config.mail != nil }

  func prepare(_ payload: NoPayload, _ lease: Lease) throws {
    let due = try FittingQueries.due(limit: ConsensusUpkeep.most, lease.db)
    try lease.each(due, most: ConsensusUpkeep.most) {
      "project \($0)"
    } do: { project in
      try Fitting.fit(project, tells: tells, lease.db) { try lease.beat() }
    } condemn: { project in
      // The error is in the log.
      try FittingQueries.postpone(project, lease.db)
    }
  }
}

/// The work of `ConsensusJob` that is due.
package enum ConsensusUpkeep {
  /// The most projects per run; the next run continues.
  static let most = 20

  /// Fits all models that are due, over the worker's connection.
  package static func run(_ site: Site, _ db: Connection) throws {
    for project in try FittingQueries.due(limit: most, db) {
      try Fitting.fit(project, tells: site.config.mail != nil, db)
    }
  }
}
