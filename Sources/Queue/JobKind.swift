/// A kind of background job.
///
/// A new kind is one type in one file of its feature's folder, and one line in `Jobs.all`. Each
/// thread of a worker makes its own instance, which may keep state between chunks.
package protocol JobKind {
  /// The data of one chunk.
  associatedtype Payload: JobPayload

  /// The name in the database.
  static var name: String { get }
  /// The lane whose threads run it.
  static var lane: Lane { get }
  /// Whether a person waits for the result.
  ///
  /// When a lane is busy, all other kinds together get every eighth chunk.
  static var isAwaited: Bool { get }
  /// The event that starts a job of this kind.
  static var start: JobStart { get }
  /// The number of attempts and the pauses between them.
  static var retry: RetryPolicy { get }

  /// Does the slow part, outside of a transaction.
  ///
  /// When the worker is killed, another worker repeats this call.
  func prepare(_ payload: Payload, _ lease: Lease) throws

  /// Records the results in the transaction that ends the chunk.
  /// - Returns: true when a standing job has more work; its chunk is then put back.
  func record(_ payload: Payload, _ lease: Lease) throws -> Bool

  /// Records that a single part cannot be processed, in the same transaction as `record`.
  /// - Parameter part: the name last given to `Lease.beat`, when a worker died on that part.
  /// - Throws: `CannotCondemn` when the kind cannot record this; the chunk is then given up.
  func condemn(_ payload: Payload, part: String?, because fault: JobFault, _ lease: Lease) throws
}

extension JobKind {
  /// False.
  package static var isAwaited: Bool { false }
  /// One job per request.
  package static var start: JobStart { .once }
  /// Five attempts.
  package static var retry: RetryPolicy { RetryPolicy() }
  /// Records nothing, for kinds whose `prepare` does all the work.
  package func record(_ payload: Payload, _ lease: Lease) throws -> Bool { false }
  /// Gives up the whole chunk.
  package func condemn(
    _ payload: Payload, part: String?, because fault: JobFault, _ lease: Lease
  ) throws {
    throw CannotCondemn()
  }
}

/// The event that starts a job.
package enum JobStart: Sendable, Equatable {
  /// A request: `JobQueries.start` makes a job with all its chunks.
  case once
  /// A change in the data: `JobQueries.wake` makes sure that a job is open.
  ///
  /// Its only chunk looks up the work to do.
  case standing
  /// A schedule: once per interval, over all hosts.
  case every(seconds: Int)
}

/// A group of kinds with its own threads and connections in each worker.
///
/// A busy lane does not delay other lanes.
package struct Lane: Hashable, Sendable {
  /// The lane's name in logs.
  package let name: String
  /// The number of threads in one worker.
  package let threads: Int

  /// Makes a lane.
  package init(_ name: String, threads: Int = 1) { (self.name, self.threads) = (name, threads) }
}

/// The number of attempts of a failing chunk, and the pauses between them.
package struct RetryPolicy: Sendable {
  /// The attempt after which a failing chunk is given up.
  package let attempts: Int
  /// The longest pause between two attempts, in seconds.
  package let longestPause: Int

  /// Makes a policy; by default five attempts within a minute.
  package init(attempts: Int = 5, longestPause: Int = 32) {
    (self.attempts, self.longestPause) = (attempts, longestPause)
  }

  /// Returns the seconds until the next attempt; the pause doubles each time.
  func pause(after attempts: Int) -> Int { min(longestPause, 1 << min(attempts, 20)) }
}

/// The reason why a part is given up.
package enum JobFault: Sendable {
  /// Workers died while they processed it.
  case deadly
  /// It fails on each attempt.
  case failing
}

/// The error of kinds that cannot record that a part is given up.
package struct CannotCondemn: Error {
  /// Makes the error.
  package init() {}
}
