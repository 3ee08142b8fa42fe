package import Postgres

/// A piece of a job, as a worker took it from the queue.
package struct Chunk: Sendable {
  /// The chunk's job.
  package let job: UUIDBytes
  /// The chunk's number within its job.
  package let number: Int
  /// The name of the job's kind.
  package let kind: String
  /// The tenant; nil for work of the whole site.
  package let organization: UUIDBytes?
  /// The project; nil for work outside of projects.
  package let project: UUIDBytes?
  /// The kind's payload as JSON.
  let payload: String
  let attempts: Int
  /// The number of workers that died while they held the chunk.
  let deaths: Int
  /// The part that the last of these workers had started.
  let part: String?
  /// The fencing token: only its holder may finish the chunk.
  let token: Int
}

/// The chunk was given to another worker or cancelled, so this worker must discard its work.
package struct LeaseLost: Error {}
