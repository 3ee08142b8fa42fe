/// A kind of slow work: one type in one file of its feature's folder, and one line in `Jobs.all`.
///
/// Each thread of a worker makes an instance of its own, which may keep state between chunks.
package protocol JobKind {
  /// What one chunk is about.
  associatedtype Payload: JobPayload

  /// The name in the database.
  static var name: String { get }
  /// The threads that run it.
  static var lane: Lane { get }
  /// Whether a person waits for the result; other kinds get every eighth chunk of a busy lane.
  static var isAwaited: Bool { get }
  /// What gives the kind something to do.
  static var start: JobStart { get }
  /// When a failing chunk is tried again, and when it is given up.
  static var retry: RetryPolicy { get }

  /// Does the slow part, outside of a transaction. When the worker is killed, another repeats it.
  func prepare(_ payload: Payload, _ lease: Lease) throws

  /// Records the results in the transaction that ends the chunk.
  /// - Returns: whether a standing job has more to do; its chunk is then put back.
  func record(_ payload: Payload, _ lease: Lease) throws -> Bool

  /// Records that a single part cannot be processed, in the same transaction as `record`.
  /// - Parameter part: the name given to `Lease.beat`, when a worker died over it.
  /// - Throws: `CannotCondemn` when there is nothing to record it of: the chunk is given up.
  func condemn(_ payload: Payload, part: String?, because fault: JobFault, _ lease: Lease) throws
}

extension JobKind {
  /// Nobody waits.
  package static var isAwaited: Bool { false }
  /// Requests start it.
  package static var start: JobStart { .once }
  /// Five attempts.
  package static var retry: RetryPolicy { RetryPolicy() }
  /// Records nothing: `prepare` has done all.
  package func record(_ payload: Payload, _ lease: Lease) throws -> Bool { false }
  /// Gives up the whole chunk.
  package func condemn(
    _ payload: Payload, part: String?, because fault: JobFault, _ lease: Lease
  ) throws {
    throw CannotCondemn()
  }
}

/// What gives a kind something to do.
package enum JobStart: Sendable, Equatable {
  /// `JobQueries.start` makes a job with all its chunks.
  case once
  /// `JobQueries.wake` makes sure that a job is open. Its only chunk finds out what is to be done.
  case standing
  /// The time: once in so many seconds over all hosts.
  case every(seconds: Int)
}

/// Threads and connections of their own in each worker: what one lane does delays no other lane.
package struct Lane: Hashable, Sendable {
  /// The name in logs.
  package let name: String
  /// Its threads in one worker.
  package let threads: Int

  /// A lane of that name.
  package init(_ name: String, threads: Int = 1) { (self.name, self.threads) = (name, threads) }
}

/// When a failing chunk is tried again, and when it is given up.
package struct RetryPolicy: Sendable {
  /// A chunk that failed so often is given up.
  package let attempts: Int
  /// The longest pause between two attempts, in seconds.
  package let longestPause: Int

  /// Five attempts within a minute, unless told otherwise.
  package init(attempts: Int = 5, longestPause: Int = 32) {
    (self.attempts, self.longestPause) = (attempts, longestPause)
  }

  /// Seconds until the next attempt: twice as many each time.
  func pause(after attempts: Int) -> Int { min(longestPause, 1 << min(attempts, 20)) }
}

/// Why a part is given up.
package enum JobFault: Sendable {
  /// Its workers died.
  case deadly
  /// It fails each time.
  case failing
}

/// The kind cannot record that a part is given up.
package struct CannotCondemn: Error {
  /// The kind names no part.
  package init() {}
}
