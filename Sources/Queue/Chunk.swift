package import Postgres

/// A piece of a job, as it was taken from the queue.
package struct Chunk: Sendable {
  /// The job that it is a piece of.
  package let job: UUIDBytes
  /// The place among the job's chunks.
  package let number: Int
  /// The kind's name.
  package let kind: String
  /// The tenant; nil for the site's own work.
  package let organization: UUIDBytes?
  /// The project; nil for work that belongs to none.
  package let project: UUIDBytes?
  /// The kind's payload as JSON.
  let payload: String
  let attempts: Int
  /// Workers that held it before and fell silent.
  let deaths: Int
  /// The part that the last of them worked on.
  let part: String?
  /// The fencing token: only its holder may finish the chunk.
  let token: Int
}

/// The chunk was given to another worker or cancelled: nothing of this one's work may be kept.
package struct LeaseLost: Error {}
