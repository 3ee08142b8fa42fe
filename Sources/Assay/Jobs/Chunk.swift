internal import Postgres

/// A piece of a job that one worker holds by a lease.
package struct Chunk: Sendable {
  let job: ID<Job>
  let number: Int
  let kind: String
  let organization: ID<Organization>
  let project: ID<Project>
  let items: [ID<Item>]
  let attempts: Int
  /// The fencing token: only its holder may finish the chunk.
  let token: Int
}

/// A chunk that a newer version's worker knows how to run.
struct UnknownKind: Error {}

/// The chunk was given to another worker meanwhile; nothing of this one's work may be kept.
struct LeaseLost: Error {}
