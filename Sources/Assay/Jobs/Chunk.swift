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
  /// Workers that held it before and fell silent.
  let deaths: Int
  /// The fencing token: only its holder may finish the chunk.
  let token: Int

  /// What is recorded of a picture over which workers die.
  static let deadly = "The image killed those who looked at it."
  /// The reason recorded for a picture that makes workers fail; the log has the error.
  static let failing = "The image could not be processed."
}

/// A chunk that a newer version's worker knows how to run.
struct UnknownKind: Error {}

/// The chunk was given to another worker meanwhile; nothing of this one's work may be kept.
struct LeaseLost: Error {}
