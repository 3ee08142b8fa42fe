internal import HTTP
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

extension Reports {
  /// Decides a report, also against an earlier decision, and answers with its row.
  ///
  /// The state is read before the transaction. Of two different decisions at once the second fails,
  /// because it has seen an open report; somebody who has seen a decision can reverse it.
  static func decide(
    _ decision: State, in project: ID<Project>?, _ request: Request, _ context: Context,
    _ caller: Caller
  ) throws -> Response {
    let id = try request.id("report", of: TaskReport.self)
    guard let head = try ReportQueries.head(of: id, in: project, context.db) else {
      throw Problem.notFound("report")
    }
    let links = ImageLinks(request, context.site.config)
    return try context.db.transaction { db in
      try InspectionQueries.lockComparison(head.organization, db)
      switch try ReportQueries.decide(id, decision, seen: head.state, db) {
      case .unknown: throw Problem.notFound("report")
      case .changed:
        throw Problem.conflict(
          "Somebody else has just decided this report: look at it again before you change it.")
      case .same: return .json(try row(of: id, links, db))
      case .done(let items):
        try settleDuplicates(of: items, decision, in: head.organization, db)
        let row = try row(of: id, links, db)
        try AuditLogQueries.record(
          AuditLog.Event(
            "report.\(decision.rawValue)", by: caller, of: id.description, request,
            facts: [("before", head.state.rawValue), ("images", "\(row.images)")]), db)
        return .json(row)
      }
    }
  }

  /// Recomputes duplicates: an excluded picture is no longer the original of others.
  private static func settleDuplicates(
    of items: [ID<Item>], _ decision: State, in organization: ID<Organization>, _ db: Connection
  ) throws(PostgresError) {
    if decision == .upheld { try ClusterQueries.bringBack(copiesOf: items, db) }
    try Clusters.Change.settle(items, in: organization, db)
  }

  private static func row(
    of id: ID<TaskReport>, _ links: ImageLinks, _ db: Connection
  ) throws -> Row {
    guard let row = try ReportQueries.row(of: id, links, db) else {
      throw Problem.notFound("report")
    }
    return row
  }
}
