internal import Postgres

/// Chooses the next chunk of a worker by turns, between organizations and between kinds.
///
/// An organization with a thousand chunks delays another organization's first chunk by one chunk,
/// not by a thousand. Each worker keeps its own turns in memory, so it needs no table and no lock.
struct Turns {
  /// The kinds in the order in which they are tried; the last one served is at the end.
  private var kinds: [any JobKind.Type]
  /// The organization that was served last, by the name of the kind.
  private var last: [String: UUIDBytes] = [:]
  private var count = 0

  /// Every eighth chunk comes first from kinds that no person waits for.
  static let share = 8

  init(_ kinds: [any JobKind.Type]) { self.kinds = kinds }

  /// Takes a chunk of the next organization that has one, or returns nil when none waits.
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

  /// Tries the organizations after the last one, then all from the first.
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
  /// The organization's position in the order of turns; work of the site is first.
  fileprivate var turn: UUIDBytes { organization ?? UUIDBytes(high: 0, low: 0) }
}
