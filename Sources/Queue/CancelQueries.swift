package import Postgres

/// Every SQL statement that stops jobs.
package enum CancelQueries {
  /// Returns the open job of a kind with this key, or nil when there is none.
  package static func open<Kind: JobKind>(
    _ kind: Kind.Type, key: String, _ db: Connection
  ) throws(PostgresError) -> UUIDBytes? {
    try db.first(
      """
      select job_id from job
      where kind = \(kind.name) and key = \(key) and state in ('pending', 'queued', 'running')
      """
    ) { row throws(PostgresError) in try row.next() }
  }

  /// Cancels a job inside the caller's transaction.
  ///
  /// A worker that runs one of its chunks loses the lease, so its uncommitted work is rolled back.
  /// Chunks are locked before their job, in the same order as in workers.
  package static func cancel(_ job: UUIDBytes, _ db: Connection) throws(PostgresError) {
    try cancelChunks(of: job, db)
    try db.run(
      """
      update job set state = 'cancelled', finished_at = now()
      where job_id = \(job) and state in ('pending', 'queued', 'running')
      """)
    // Cancels chunks that a worker split off while this transaction waited for the job's lock.
    try cancelChunks(of: job, db)
  }

  private static func cancelChunks(of job: UUIDBytes, _ db: Connection) throws(PostgresError) {
    try db.run(
      """
      update job_chunk set state = 'cancelled', lease_expires_at = null
      where job_id = \(job) and state in ('pending', 'queued', 'running')
      """)
  }
}
