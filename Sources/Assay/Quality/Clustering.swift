internal import Labelling
internal import Postgres

/// The clusters of duplicates in one project, as they are when it is made.
struct Clustering {
  /// Items that are like one another, and those that were excluded because they were.
  struct Cluster {
    /// The places of its items; the first was there first.
    let places: [Int]
    /// The id of the first item: it stays while pictures are added.
    let id: ID<Item>
  }

  /// The one with the newest first item first.
  let clusters: [Cluster]
  private let items: [ID<Item>]
  private let placeOf: [ID<Item>: Int]
  private let graph: DuplicateGraph

  /// Reads all pairs of a project: two ids and a number each.
  init(of project: ID<Project>, _ db: Connection) throws(PostgresError) {
    let pairs = try ClusterQueries.pairs(in: project, db)
    let excluded = try ClusterQueries.excluded(from: project, db)
    // Ids sort by the time they were made.
    let items = Set(pairs.flatMap { [$0.one, $0.other] } + excluded).sorted { $0.bytes < $1.bytes }
    let placeOf = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1, $0) })
    var graph = DuplicateGraph(count: items.count)
    for pair in pairs {
      guard let one = placeOf[pair.one], let other = placeOf[pair.other] else { continue }
      graph.join(one, other, score: pair.score)
    }
    clusters = graph.clusters().reversed().map { Cluster(places: $0, id: items[$0[0]]) }
    (self.items, self.placeOf, self.graph) = (items, placeOf, graph)
  }

  /// The cluster of that id.
  func cluster(_ id: ID<Item>) -> Cluster? { clusters.first { $0.id == id } }

  /// The ids of a cluster's items.
  func items(of cluster: Cluster) -> [ID<Item>] { cluster.places.map { items[$0] } }

  /// What stays of a cluster, and what gives way.
  ///
  /// What was decided before stands: an excluded picture gives way to all that are not, and comes
  /// back only when nothing stays that is like it.
  /// - Parameters:
  ///   - members: what its items are.
  ///   - kept: what stays in any case.
  ///   - least: the least score with which anything more gives way.
  func outcome(
    of cluster: Cluster, _ members: [ID<Item>: Clusters.Member], keeping kept: ID<Item>? = nil,
    from least: Double = DuplicateScore.flagged
  ) -> Outcome {
    let ordered = items(of: cluster).compactMap { members[$0] }.sorted { $0.isBetter(than: $1) }
    let rest = ordered.filter { $0.id != kept }
    let turns =
      ordered.filter { $0.id == kept } + rest.filter { !$0.isExcluded }
      + rest.filter(\.isExcluded)
    let copies = graph.copies(among: turns.compactMap { placeOf[$0.id] }) { place in
      members[items[place]]?.isExcluded == true ? DuplicateScore.flagged : least
    }
    let originals = copies.map { (items[$0.key], items[$0.value]) }
    return Outcome(ordered: ordered, originals: Dictionary(uniqueKeysWithValues: originals))
  }

  /// What resolving a cluster comes to.
  struct Outcome {
    /// The best original first.
    let ordered: [Clusters.Member]
    /// What each picture that gives way is a copy of.
    let originals: [ID<Item>: ID<Item>]

    /// Those that are to be excluded, and are not.
    var leaving: [ID<Item>] {
      ordered.filter { !$0.isExcluded && originals[$0.id] != nil }.map(\.id)
    }
    /// Those that are to stay, and are excluded.
    var returning: [ID<Item>] {
      ordered.filter { $0.isExcluded && originals[$0.id] == nil }.map(\.id)
    }
  }
}
