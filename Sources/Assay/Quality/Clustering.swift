internal import Labelling
internal import Postgres
internal import Vocabulary

/// The clusters of duplicates in one project at one time.
struct Clustering {
  /// Similar items, including those that were excluded as duplicates.
  struct Cluster {
    /// The indices of its items; the oldest is first.
    let places: [Int]
    /// The id of the oldest item, which stays the same when pictures are added.
    let id: ID<Item>
  }

  /// The clusters; the one with the newest first item comes first.
  let clusters: [Cluster]
  private let items: [ID<Item>]
  private let placeOf: [ID<Item>: Int]
  private let graph: DuplicateGraph

  /// Reads all pairs of a project: two ids and a score each.
  init(of project: ID<Project>, _ db: Connection) throws(PostgresError) {
    let pairs = try ClusterQueries.pairs(in: project, db)
    let excluded = try ClusterQueries.excluded(from: project, db)
    // Ids sort by creation time.
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

  /// Returns the cluster with this id.
  func cluster(_ id: ID<Item>) -> Cluster? { clusters.first { $0.id == id } }

  /// Returns the ids of a cluster's items.
  func items(of cluster: Cluster) -> [ID<Item>] { cluster.places.map { items[$0] } }

  /// Decides which items of a cluster are kept and which are excluded.
  ///
  /// Earlier decisions stand: an excluded picture yields to all that are kept, and is restored only
  /// when no kept picture is similar.
  /// - Parameters:
  ///   - members: the data of its items.
  ///   - kept: the item to keep in any case.
  ///   - least: the minimum score for further exclusions.
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

  /// The result of resolving a cluster.
  struct Outcome {
    /// All members, the best original first.
    let ordered: [Clusters.Member]
    /// The original of each excluded picture.
    let originals: [ID<Item>: ID<Item>]

    /// The items to exclude.
    var leaving: [ID<Item>] {
      ordered.filter { !$0.isExcluded && originals[$0.id] != nil }.map(\.id)
    }
    /// The items to restore.
    var returning: [ID<Item>] {
      ordered.filter { $0.isExcluded && originals[$0.id] == nil }.map(\.id)
    }
  }
}
