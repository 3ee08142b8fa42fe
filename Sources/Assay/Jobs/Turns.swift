internal import Postgres

/// The order in which chunks are taken.
enum ChunkPriority: Int, CaseIterable {
  /// A person waits for the result.
  case awaited = 0
  /// No person waits for the result, such as previews.
  case standing = 1
}

/// Decides whose chunk a worker takes next: the organizations have turns.
///
/// An organization with a thousand chunks delays another's first chunk by one chunk, not by a
/// thousand. Each worker keeps its own turns, so it needs no table and waits for no other worker.
struct Turns {
  /// The organization served last in each priority.
  private var last: [ChunkPriority: ID<Organization>] = [:]
  private var count = 0

  /// Every eighth chunk is taken from the lower priority first.
  static let share = 8

  /// Takes a chunk of the next organization that has one; nil when none waits.
  mutating func take(worker: String, _ db: Connection) throws(PostgresError) -> Chunk? {
    let isLowerFirst = (count + 1) % Self.share == 0
    for priority in isLowerFirst ? [.standing, .awaited] : ChunkPriority.allCases {
      guard let chunk = try take(worker: worker, priority, db) else { continue }
      last[priority] = chunk.organization
      count += 1
      return chunk
    }
    return nil
  }

  /// Looks at the organizations behind the last one, then at all from the beginning.
  private func take(
    worker: String, _ priority: ChunkPriority, _ db: Connection
  ) throws(PostgresError) -> Chunk? {
    if let last = last[priority],
      let chunk = try JobQueries.take(worker: worker, priority, behind: last, db)
    {
      return chunk
    }
    return try JobQueries.take(worker: worker, priority, behind: nil, db)
  }
}
