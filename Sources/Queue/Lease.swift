package import Logging
package import Postgres

/// A chunk that this worker holds.
///
/// A killed worker leaves the chunk in the state `running`. After `ChunkQueries.leaseSeconds`
/// without a heartbeat another worker takes it, and `Chunk.deaths` rises by one.
package final class Lease {
  /// The chunk as it was taken.
  package let chunk: Chunk
  /// The worker's connection.
  package let db: Connection
  /// A logger whose metadata names the chunk.
  package let log: Logger

  init(_ chunk: Chunk, _ db: Connection, _ log: Logger) {
    (self.chunk, self.db, self.log) = (chunk, db, log)
  }

  /// Renews the lease before more work starts, and records the next part.
  /// - Throws: `LeaseLost` when the job was cancelled or another worker has the chunk.
  package func beat(_ part: String? = nil) throws {
    guard try ChunkQueries.beat(chunk, part: part, db) else { throw LeaseLost() }
  }

  /// Processes parts one by one, so that an error of one part affects that part only.
  ///
  /// Parts that cannot be read now are skipped. When all parts are skipped, the first error is
  /// thrown.
  /// - Parameters:
  ///   - most: the number of parts to process before other chunks get their turn.
  ///   - condemn: records that a part fails permanently.
  package func each<Part>(
    _ parts: [Part], most: Int, name: (Part) -> String, do body: (Part) throws -> Void,
    condemn: (Part) throws -> Void
  ) throws {
    var done = 0
    var skipped: (any Error)?
    for part in parts where done < most {
      try beat(name(part))
      do {
        try body(part)
        done += 1
      } catch {
        switch Blame(error) {
        case .part:
          log.error("part failed", metadata: ["part": "\(name(part))", "error": "\(error)"])
          try condemn(part)
          done += 1
        case .partForNow, .partOrSurroundings: skipped = skipped ?? error
        case .surroundings: throw error
        }
      }
    }
    if done == 0, let skipped { throw skipped }
  }
}
