internal import Postgres

/// Decides whose chunk a worker takes next: the organizations have turns, and so have the kinds.
///
/// An organization with a thousand chunks delays another's first chunk by one chunk, not by a
/// thousand. Each worker keeps its own turns, so it needs no table and waits for no other worker.
struct Turns {
  /// In the order in which they are asked.
  private var kinds: [any JobKind.Type]
  /// The organization that was served last, by the kind's name.
  private var last: [String: UUIDBytes] = [:]
  private var count = 0

  /// Every eighth chunk is taken first from kinds that no person waits for.
  static let share = 8

  init(_ kinds: [any JobKind.Type]) { self.kinds = kinds }

  /// Takes a chunk of the next organization that has one; nil when none waits.
  mutating func take(worker: String, _ db: Connection) throws(PostgresError) -> Chunk? {
    let order = (count + 1) % Self.share == 0 ? [false, true] : [true, false]
    for isAwaited in order {
      for (place, kind) in kinds.enumerated() where kind.isAwaited == isAwaited {
        guard let chunk = try take(worker: worker, kind.name, db) else { continue }
        kinds.append(kinds.remove(at: place))
        last[kind.name] = chunk.turn
        count += 1
        return chunk
      }
    }
    return nil
  }

  /// Looks at the organizations behind the last one, then at all from the beginning.
  private func take(
    worker: String, _ kind: String, _ db: Connection
  ) throws(PostgresError) -> Chunk? {
    if let last = last[kind],
      let chunk = try ChunkQueries.take(worker: worker, kind, behind: last, db)
    {
      return chunk
    }
    return try ChunkQueries.take(worker: worker, kind, behind: nil, db)
  }
}

extension Chunk {
  /// The place in the order of turns; the site's own work has the first.
  fileprivate var turn: UUIDBytes { organization ?? UUIDBytes(high: 0, low: 0) }
}
