internal import HTTP
internal import Labelling
internal import Postgres
internal import Site
internal import Vocabulary
internal import Web

/// Clusters of duplicates: one picture is kept, the others are excluded and can be restored.
///
/// A cluster is a connected component of flagged pairs, so a chain of pairs may connect different
/// pictures. A picture is excluded only in favour of a kept picture of which it is a copy.
/// Therefore several pictures of a chain are kept.
enum Clusters {
  static let routes: [Route] = [
    .list(
      .root, "/requests/{request}/qc/clusters", for: .requester, "clusters.list",
      "Lists the clusters of duplicates, each with its best image first.",
      of: Row.self, list),
    .on(
      .root, .post(audit: .byHandler), "/requests/{request}/qc/clusters/resolve", for: .requester,
      "clusters.resolveAll",
      "Keeps the best images of all open clusters and excludes duplicates of at least min_score.",
      takes: .optionalJSON(Threshold.schema), gives: Tally.schema, resolveAll),
    .on(
      .root, .post(audit: .byHandler), "/requests/{request}/qc/clusters/restore", for: .requester,
      "clusters.restoreAll",
      "Restores all excluded duplicates.", gives: Tally.schema, restoreAll),
    .on(
      .root, .post(audit: .byHandler), "/requests/{request}/qc/clusters/{cluster}/resolve",
      for: .requester,
      "clusters.resolve",
      "Keeps one image (keep) or the best ones, and excludes their duplicates.",
      takes: .optionalJSON(Choice.schema), gives: Row.schema, resolve),
    .on(
      .root, .post(audit: .byHandler), "/requests/{request}/qc/clusters/{cluster}/restore",
      for: .requester,
      "clusters.restore", "Restores a cluster's excluded duplicates.", gives: Row.schema,
      restore),
  ]

  private static func list(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let project = try caller.project(request, context).id
    let clustering = try Clustering(of: project, context.db)
    let links = ImageLinks(request, context.site.config)
    return try Listing.respond(request, context, caller) { limit, after in
      let rest = clustering.clusters.drop { $0.id.bytes >= after ?? .last }
      return try rows(Array(rest.prefix(limit)), of: clustering, links, context.db)
    }
  }

  private static func rows(
    _ clusters: [Clustering.Cluster], of clustering: Clustering, _ links: ImageLinks,
    _ db: Connection
  ) throws -> [Row] {
    let members = try ClusterQueries.members(clusters.flatMap(clustering.items), db)
    let outcomes = clusters.map { clustering.outcome(of: $0, members) }
    let pairs = outcomes.flatMap(\.originals)
    let sameness = try ClusterQueries.sameness(of: pairs.map(\.key), with: pairs.map(\.value), db)
    return zip(clusters, outcomes).map { cluster, outcome in
      Row(
        id: cluster.id, state: outcome.leaving.isEmpty ? "resolved" : "open",
        pictures: outcome.ordered.map { member in
          Picture(
            member: member,
            previewURL: links.preview(
              member.sha256, version: member.previews, mime: member.mime),
            sameness: sameness[member.id])
        })
    }
  }

  private static func resolve(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let choice = try request.optionalJSON(Choice.self)
    return try change(request, context, caller) { clustering, cluster, members in
      if let kept = choice.keep, members[kept] == nil {
        throw Problem.invalid([Violation("keep", "must be the id of one of the cluster's images")])
      }
      let outcome = clustering.outcome(of: cluster, members, keeping: choice.keep)
      return Change(outcome.leaving, outcome.returning)
    }
  }

  private static func restore(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try change(request, context, caller) { _, _, members in
      Change([], members.values.filter(\.isExcluded).map(\.id))
    }
  }

  /// Changes one cluster and returns its new state.
  private static func change(
    _ request: Request, _ context: Context, _ caller: Caller,
    _ decide: (Clustering, Clustering.Cluster, [ID<Item>: Member]) throws -> Change
  ) throws -> Response {
    let (project, organization) = try caller.project(request, context)
    let id = try request.id("cluster", of: Item.self)
    let links = ImageLinks(request, context.site.config)
    return try context.db.transaction { db in
      try InspectionQueries.lockComparison(organization, db)
      let clustering = try Clustering(of: project, db)
      guard let cluster = clustering.cluster(id) else { throw Problem.notFound("cluster") }
      let members = try ClusterQueries.members(clustering.items(of: cluster), db)
      let change = try decide(clustering, cluster, members)
      try change.make(in: organization, db)
      let row = try rows([cluster], of: clustering, links, db)
      try change.note(of: id.description, by: caller, request, db)
      return .json(row[0])
    }
  }

  private static func resolveAll(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    let least = try request.optionalJSON(Threshold.self).least ?? DuplicateScore.flagged
    return try changeAll(request, context, caller) { clustering, cluster, members in
      let outcome = clustering.outcome(of: cluster, members, from: least)
      // A cluster without new exclusions stays unchanged, and nothing in it is restored.
      return outcome.leaving.isEmpty ? Change([], []) : Change(outcome.leaving, outcome.returning)
    }
  }

  private static func restoreAll(
    _ request: Request, _ context: Context, _ caller: Caller
  ) throws -> Response {
    try changeAll(request, context, caller) { clustering, cluster, members in
      Change([], clustering.items(of: cluster).filter { members[$0]?.isExcluded == true })
    }
  }

  private static func changeAll(
    _ request: Request, _ context: Context, _ caller: Caller,
    _ decide: (Clustering, Clustering.Cluster, [ID<Item>: Member]) -> Change
  ) throws -> Response {
    let (project, organization) = try caller.project(request, context)
    return try context.db.transaction { db in
      try InspectionQueries.lockComparison(organization, db)
      let clustering = try Clustering(of: project, db)
      let members = try ClusterQueries.members(
        clustering.clusters.flatMap(clustering.items), db)
      let changes = clustering.clusters.map { decide(clustering, $0, members) }
      let all = Change(changes.flatMap(\.leaving), changes.flatMap(\.returning))
      try all.make(in: organization, db)
      try all.note(of: project.description, by: caller, request, db)
      return .json(
        Tally(
          request: project, clusters: changes.count { !$0.isEmpty },
          excluded: all.leaving.count, restored: all.returning.count))
    }
  }
}
